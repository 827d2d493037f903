using System.Reflection;
using System.Text.Json;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>How <see cref="TaskEntity{TState}"/> finds and binds the method of an operation.</summary>
public sealed class TaskEntityTests
{
    private static readonly EntityInstanceId Id = new("Sample", "1");

    [Theory]
    [InlineData("plain", "5", "6", "5")]
    [InlineData("TASK", "5", "6", "5")]
    [InlineData("valueTask", "5", "null", "5")]
    [InlineData("optional", null, "7", "7")]
    [InlineData("optional", "2", "2", "2")]
    [InlineData("withContext", "5", "\"@sample@1 withContext 5\"", "1")]
    public async Task Operation_FindsItsMethodAndParameters(string operation, string? input, string result, string state)
    {
        var (returned, stored) = await RunAsync(new Sample(), operation, input, "1");

        Assert.Equal(result, JsonSerializer.Serialize(returned));
        Assert.Equal(state, stored);
    }

    [Theory]
    [InlineData("missing", typeof(NotSupportedException))]
    [InlineData("hidden", typeof(NotSupportedException))]
    [InlineData("get_Value", typeof(NotSupportedException))]
    [InlineData("RunAsync", typeof(NotSupportedException))]
    [InlineData("ToString", typeof(NotSupportedException))]
    [InlineData("overloaded", typeof(AmbiguousMatchException))]
    [InlineData("plain", typeof(InvalidOperationException))]
    [InlineData("twoInputs", typeof(InvalidOperationException))]
    [InlineData("throws", typeof(InvalidDataException))]
    public async Task Operation_ThatCannotRun_FailsAndLeavesTheState(string operation, Type failure)
    {
        var running = Operation(operation, null, "1");

        Assert.IsType(failure, await Record.ExceptionAsync(async () => await ((ITaskEntity)new Sample()).RunAsync(running)));
        Assert.Equal("1", running.NewState);
    }

    [Fact]
    public async Task StateDispatch_AfterTheEntitysOwnMethods_ChangesTheState()
    {
        Assert.Equal("""{"Count":4}""", (await RunAsync(new Dispatching(), "increase", "3", """{"Count":1}""")).State);
        Assert.Equal("own 0", (await RunAsync(new Dispatching(), "own", null, null)).Result);
        Assert.Equal("""{"Count":5}""", (await RunAsync(new DispatchingValue(), "increase", "3", """{"Count":2}""")).State);
    }

    [Fact]
    public async Task State_ThatIsNull_TakesNoOperation() => await Assert.ThrowsAsync<InvalidOperationException>(() =>
        RunAsync(new NullState(), "increase", "3", null));

    [Fact]
    public async Task Delete_WithoutAMethod_DeletesEvenAStateThatCannotBeRead()
    {
        Assert.Null((await RunAsync(new Sample(), "DELETE", null, "1")).State);
        Assert.Null((await RunAsync(new Sample(), "delete", null, "{ not a number")).State);
        Assert.Equal("-1", (await RunAsync(new OwnDelete(), "delete", null, "1")).State);
        await Assert.ThrowsAsync<JsonException>(() => RunAsync(new Sample(), "plain", "1", "{ not a number"));
    }

    [Fact]
    public async Task State_MissingOfANullableValue_StartsWithItsDefault() => Assert.Equal("3", (await RunAsync(new Optional(), "add", "3", null)).State);

    [Fact]
    public async Task Operation_AfterItsEnd_TakesNothing()
    {
        var operation = Operation("plain", "1", "1");
        await ((ITaskEntity)new Sample()).RunAsync(operation);
        operation.End();

        Assert.Throws<InvalidOperationException>(() => operation.Context.SignalEntity(Id, "x"));
        Assert.Throws<InvalidOperationException>(() => operation.State.SetState(1));
    }

    [Theory]
    [InlineData("@a@b", "a", "b")]
    [InlineData("@A@B@c", "a", "B@c")]
    [InlineData("@a@", "a", "")]
    public void Id_AsText_ComesBack(string text, string name, string key)
    {
        var id = EntityInstanceId.FromString(text);

        Assert.Equal((name, key), (id.Name, id.Key));
        Assert.Equal(id, JsonSerializer.Deserialize<EntityInstanceId>(JsonSerializer.Serialize(id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@a")]
    [InlineData("@@b")]
    [InlineData("a@b@c")]
    public void Id_OfAnotherForm_IsRefused(string text)
    {
        Assert.ThrowsAny<ArgumentException>(() => EntityInstanceId.FromString(text));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<EntityInstanceId>(JsonSerializer.Serialize(text)));
    }

    [Fact]
    public void Id_WithAnAtInItsName_IsRefused() => Assert.Throws<ArgumentException>(() => new EntityInstanceId("a@b", "c"));

    private static RunningOperation Operation(string name, string? input, string? state) => new(
        Id, new EntityMessage(EntityMessageKind.Signal, name, input), state,
        new ReplayServices(new TestFunctions(), JsonDataConverter.Default, NullLoggerFactory.Instance, 1_000_000, "") { ReadPayload = _ => "" }, TimeProvider.System);

    private static async Task<(object? Result, string? State)> RunAsync(ITaskEntity entity, string name, string? input, string? state)
    {
        var operation = Operation(name, input, state);
        return (await entity.RunAsync(operation), operation.NewState);
    }

    public sealed class Sample : TaskEntity<int>
    {
        public int Value { get; set; }

        public int Plain(int amount) => (State = amount) + 1;

        public async Task<int> Task(int amount)
        {
            await System.Threading.Tasks.Task.Yield();
            return (State = amount) + 1;
        }

        public async ValueTask ValueTask(int amount)
        {
            await System.Threading.Tasks.Task.Yield();
            State = amount;
        }

        public int Optional(int amount = 7) => State = amount;

        public string WithContext(TaskEntityContext context, int amount, TaskEntityOperation operation) => $"{context.Id} {operation.Name} {amount + State - 1}";

        public int Overloaded(int amount) => State + amount;

        public int Overloaded(string amount) => State + amount.Length;

        public int TwoInputs(int one = 1, int two = 2) => State + one + two;

        public void Throws()
        {
            State = 99;
            throw new InvalidDataException();
        }

        internal int Hidden() => State;
    }

    public class CounterState
    {
        public int Count { get; set; }

        public int Increase(int amount) => Count += amount;
    }

    public struct CounterValue
    {
        public int Count { get; set; }

        public int Increase(int amount) => Count += amount;
    }

    public sealed class Dispatching : TaskEntity<CounterState>
    {
        protected override bool AllowStateDispatch => true;

        public string Own() => $"own {State.Count}";
    }

    public sealed class DispatchingValue : TaskEntity<CounterValue>
    {
        protected override bool AllowStateDispatch => true;
    }

    public sealed class NullState : TaskEntity<CounterState?>
    {
        protected override bool AllowStateDispatch => true;

        protected override CounterState? InitializeState(TaskEntityOperation entityOperation) => null;
    }

    public sealed class OwnDelete : TaskEntity<int>
    {
        public void Delete() => State = -1;
    }

    public sealed class Optional : TaskEntity<int?>
    {
        public void Add(int amount) => State += amount;
    }
}
