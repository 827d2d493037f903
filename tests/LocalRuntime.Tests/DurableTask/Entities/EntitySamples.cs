using Microsoft.DurableTask;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>Entities and orchestrations that several tests use.</summary>
internal static class EntitySamples
{
    public static TestFunctions AddEntities(this TestFunctions functions) => functions
        .Entity("Counter", () => new Counter())
        .Entity("Account", () => new Account())
        .Entity("Log", () => new Log())
        .Orchestrator("Transfer", TransferAsync)
        .Orchestrator("Add", async context => await context.Entities.CallEntityAsync<int>(new EntityInstanceId("counter", context.GetInput<string>()!), "add", 1))
        .Orchestrator("Note", async context =>
            await context.Entities.SignalEntityAsync(new EntityInstanceId("Log", "notes"), "write", context.GetInput<string>()));

    public static EntityInstanceId AccountId(int number) => new("Account", number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static Task SignalAsync(this DurableEngine engine, EntityInstanceId id, string operation, object? input = null, SignalEntityOptions? options = null) =>
        engine.Client.Entities.SignalEntityAsync(id, operation, input, options, DurableHost.Cancellation);

    public static async Task<T?> StateAsync<T>(this DurableEngine engine, EntityInstanceId id) =>
        await engine.Client.Entities.GetEntityAsync<T>(id, true, DurableHost.Cancellation) is { IncludesState: true } found ? found.State : default;

    public static Task UntilStateAsync<T>(this DurableEngine engine, EntityInstanceId id, T expected) =>
        DurableHost.UntilAsync(async () => Equals(await engine.StateAsync<T>(id), expected));

    public static Task<EntityMetadata?> FindAsync(this DurableEngine engine, EntityInstanceId id) =>
        engine.Client.Entities.GetEntityAsync(id, true, DurableHost.Cancellation);

    public static async Task<List<EntityMetadata>> ListAsync(this DurableEngine engine, EntityQuery? query = null)
    {
        var found = new List<EntityMetadata>();
        await foreach (var entity in engine.Client.Entities.GetAllEntitiesAsync(query))
        {
            found.Add(entity);
        }

        return found;
    }

    /// <summary>Operations that wait for any entity.</summary>
    public static long Waiting(this DurableEngine engine) => engine.Store.Read(session => (long)session.Scalar("SELECT COUNT(*) FROM operations")!);

    public static long Locks(this DurableEngine engine) =>
        engine.Store.Read(session => (long)session.Scalar("SELECT COUNT(*) FROM entities WHERE lock_owner IS NOT NULL")!);

    private static async Task<bool> TransferAsync(TaskOrchestrationContext context)
    {
        var order = context.GetInput<Transfer>()!;
        var (from, to) = (AccountId(order.From), AccountId(order.To));
        await using (await context.Entities.LockEntitiesAsync(from, to))
        {
            var balance = await context.Entities.CallEntityAsync<int>(from, "get");
            if (balance < order.Amount)
            {
                return false;
            }

            await Task.WhenAll(
                context.Entities.CallEntityAsync(from, "add", -order.Amount),
                context.Entities.CallEntityAsync(to, "add", order.Amount));
            return true;
        }
    }

    public sealed record Transfer(int From, int To, int Amount);

    public sealed class Counter : TaskEntity<int>
    {
        public int Add(int amount) => State += amount;

        public int Get() => State;

        public void Reset() => State = 0;

        public int AddAndFail(int amount)
        {
            State += amount;
            Context.SignalEntity(new EntityInstanceId("Counter", "other"), "add", 1);
            Context.ScheduleNewOrchestration("Note", "never");
            throw new InvalidDataException($"no {amount}");
        }
    }

    public sealed class Account : TaskEntity<Balance>
    {
        public void Add(int amount)
        {
            State.Amount += amount;
            State.Changes++;
        }

        public int Get() => State.Amount;
    }

    public sealed class Balance
    {
        public int Amount { get; set; }

        public int Changes { get; set; }
    }

    /// <summary>Keeps texts in the order in which they came.</summary>
    public sealed class Log : TaskEntity<List<string>?>
    {
        public void Write(string text) => State!.Add(text);

        public void Clear() => State = null;

        public void Tell(string other) => Context.SignalEntity(new EntityInstanceId("Log", other), "write", $"from {Context.Id.Key}");

        public string Start(string text) => Context.ScheduleNewOrchestration("Note", text);

        protected override List<string> InitializeState(TaskEntityOperation entityOperation) => [];
    }
}
