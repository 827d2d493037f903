using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>One operation as user code sees it. After its end it takes nothing more.</summary>
internal sealed class RunningOperation : TaskEntityOperation
{
    private readonly ReplayServices services;
    private readonly string? input;
    private readonly OperationState state;
    private readonly OperationContext context;
    private volatile bool ended;

    public RunningOperation(EntityInstanceId id, EntityMessage message, string? state, ReplayServices services, TimeProvider time)
    {
        this.services = services;
        Name = message.Name;
        input = message.Input;
        this.state = new OperationState(this, state);
        context = new OperationContext(this, id, time);
    }

    public override string Name { get; }

    public override TaskEntityContext Context => context;

    public override TaskEntityState State => state;

    public override bool HasInput => input is not null;

    /// <summary>The state as it is to be stored.</summary>
    public string? NewState => state.Text;

    public IReadOnlyList<EntityEffect> Effects => context.Effects;

    public override object? GetInput(Type inputType) => services.Converter.Deserialize(input, inputType);

    public void End() => ended = true;

    private void RequireRunning()
    {
        if (ended)
        {
            throw new InvalidOperationException($"The operation '{this}' has ended. Await what it starts.");
        }
    }

    private sealed class OperationState(RunningOperation operation, string? text) : TaskEntityState
    {
        private object? read;
        private Type? readAs;

        public string? Text { get; private set; } = text;

        public override bool HasState => Text is not null;

        // The same object each time within an operation, so that a change to it and a later SetState are of one mind.
        public override object? GetState(Type type)
        {
            if (readAs != type)
            {
                read = operation.services.Converter.Deserialize(Text, type);
                readAs = type;
            }

            return read;
        }

        public override void SetState(object? state)
        {
            operation.RequireRunning();
            Text = operation.services.Serialize(state, $"The state of entity '{operation.context.Id}'");
            read = state;
            readAs = state?.GetType();
        }
    }

    private sealed class OperationContext(RunningOperation operation, EntityInstanceId id, TimeProvider time) : TaskEntityContext
    {
        public List<EntityEffect> Effects { get; } = [];

        public override EntityInstanceId Id => id;

        public override void SignalEntity(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null)
        {
            operation.RequireRunning();
            EntityIds.Require(id);
            ArgumentException.ThrowIfNullOrEmpty(operationName);
            var data = operation.services.Serialize(input, $"The input of operation '{operationName}'");
            var message = new EntityMessage(EntityMessageKind.Signal, operationName, data) { Due = DueTime(options, time.GetUtcNow().UtcTicks) };
            Effects.Add(new SignalEffect(id.ToString(), message));
        }

        public override string ScheduleNewOrchestration(TaskName name, object? input = null, StartOrchestrationOptions? options = null)
        {
            operation.RequireRunning();
            var instance = operation.services.NewInstance(name, input, options);
            Effects.Add(new StartEffect(instance));
            return instance.Id;
        }
    }

    /// <summary>UTC ticks of a signal's time; null for at once, which a time that has passed means too.</summary>
    public static long? DueTime(SignalEntityOptions? options, long now) => options?.SignalTime?.UtcTicks is { } due && due > now ? due : null;
}
