using System.Text.Json;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>Keys, names, states and results that callers seldom think of.</summary>
public sealed class OddEntityTests
{
    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("a@b@c")]
    [InlineData("with space/and\\slash?#")]
    [InlineData("%_'\";--")]
    [InlineData("line\nbreak\ttab")]
    [InlineData("nul\0inside")]
    [InlineData("\ud83d\ude00 Ünïcode ﬀ")]
    [InlineData("UPPER and lower")]
    public async Task Key_OfAnyText_NamesOneEntityEverywhere(string key)
    {
        await using var host = await DurableHost.StartAsync(Add);
        var id = new EntityInstanceId("COUNTER", key);
        await host.Client.Entities.SignalEntityAsync(new EntityInstanceId("counter", key + "x"), "ADD", 5, cancellation: DurableHost.Cancellation);

        Assert.Equal(4, JsonSerializer.Deserialize<int>((await host.RunAsync("Twice", id)).SerializedOutput!));
        var read = await host.Client.Entities.GetEntityAsync<int>(id, cancellation: DurableHost.Cancellation);
        Assert.Equal((4, id), (read!.State, read.Id));
        var listed = new List<EntityInstanceId>();
        await foreach (var one in host.Client.Entities.GetAllEntitiesAsync(new EntityQuery { InstanceIdStartsWith = "Counter@" + key.Split('\0')[0], PageSize = 1 }))
        {
            listed.Add(one.Id);
        }

        Assert.Contains(id, listed);
        Assert.Equal(listed.Distinct(), listed);
    }

    [Fact]
    public async Task Id_OfAThousandCharacters_IsTakenAndALongerOneRefused()
    {
        await using var host = await DurableHost.StartAsync(Add);
        var longest = new EntityInstanceId("counter", new string('k', EntityIds.MaxLength - 9));

        Assert.Equal(4, JsonSerializer.Deserialize<int>((await host.RunAsync("Twice", longest)).SerializedOutput!));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.Entities.SignalEntityAsync(
            new EntityInstanceId("counter", longest.Key + "k"), "add", 1, cancellation: DurableHost.Cancellation));
    }

    [Fact]
    public async Task StateAndResult_OfAMillionCharacters_ComeBackWhole()
    {
        await using var host = await DurableHost.StartAsync(Add);
        var id = new EntityInstanceId("counter", "large");

        Assert.Equal("1000000", (await host.RunAsync("Fill", id)).SerializedOutput);
        Assert.Equal(1_000_000, (await host.Client.Entities.GetEntityAsync<string>(id, cancellation: DurableHost.Cancellation))!.State.Length);
    }

    [Fact]
    public async Task Failure_CarriesItsCausesToTheCaller()
    {
        await using var host = await DurableHost.StartAsync(Add);

        var end = await host.RunAsync("Fails", new EntityInstanceId("counter", "one"));

        Assert.Equal("\"System.InvalidOperationException: outer, caused by System.ArgumentException: inner; True; fail; @counter@one\"", end.SerializedOutput);
    }

    [Fact]
    public async Task Delete_BySettingNull_LeavesNoStateAndTheNextOperationBeginsAnew()
    {
        await using var host = await DurableHost.StartAsync(Add);
        var id = new EntityInstanceId("counter", "gone");
        await host.RunAsync("Twice", id);

        await host.RunAsync("Forget", id);

        Assert.Null(await host.Client.Entities.GetEntityAsync(id, cancellation: DurableHost.Cancellation));
        Assert.Equal("4", (await host.RunAsync("Twice", id)).SerializedOutput);
    }

    [Fact]
    public void Metadata_AsJson_IsWhatTheOfficialOneWrites()
    {
        var id = new EntityInstanceId("Counter", "k");
        var time = new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

        Assert.Equal(
            """{"id":"@counter@k","lastModifiedTime":"2026-11-21T03:00:00+00:00","backlogQueueSize":2,"lockedBy":"me","state":7}""",
            JsonSerializer.Serialize(new EntityMetadata<int>(id, 7) { LastModifiedTime = time, BacklogQueueSize = 2, LockedBy = "me" }, JsonSerializerOptions.Web));
        Assert.Equal(
            """{"Id":"@counter@k","LastModifiedTime":"2026-11-21T03:00:00+00:00"}""",
            JsonSerializer.Serialize(new EntityMetadata<int>(id) { LastModifiedTime = time }));
        Assert.Equal(
            """{"Id":"@counter@k","LastModifiedTime":"2026-11-21T03:00:00+00:00","State":"[1]"}""",
            JsonSerializer.Serialize(new EntityMetadata(id, new Microsoft.DurableTask.Client.SerializedData("[1]")) { LastModifiedTime = time }));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<EntityMetadata<int>>("{}"));
    }

    [Theory]
    [InlineData("Counter@KeY", "@counter@KeY")]
    [InlineData("COUNT", "@count")]
    [InlineData("", "@")]
    [InlineData(null, null)]
    public void QueryPrefix_IsNormalised(string? given, string? prefix) => Assert.Equal(prefix, new EntityQuery { InstanceIdStartsWith = given }.InstanceIdStartsWith);

    private static void Add(TestFunctions functions) => functions
        .Entity("Counter", RunAsync)
        .Orchestrator("Twice", async context =>
        {
            var id = context.GetInput<EntityInstanceId>();
            await context.Entities.SignalEntityAsync(id, "Add", 1);
            await using (await context.Entities.LockEntitiesAsync(id))
            {
                return await context.Entities.CallEntityAsync<int>(id, "aDD", 3);
            }
        })
        .Orchestrator("Fill", async context => (await context.Entities.CallEntityAsync<string>(context.GetInput<EntityInstanceId>(), "fill", new string('x', 1_000_000))).Length)
        .Orchestrator("Forget", async context =>
        {
            await context.Entities.CallEntityAsync(context.GetInput<EntityInstanceId>(), "forget");
            return 0;
        })
        .Orchestrator("Fails", async context =>
        {
            try
            {
                await context.Entities.CallEntityAsync(context.GetInput<EntityInstanceId>(), "fail");
                return "no failure";
            }
            catch (EntityOperationFailedException failure)
            {
                var details = failure.FailureDetails;
                return $"{details.ErrorType}: {details.ErrorMessage}, caused by {details.InnerFailure!.ErrorType}: {details.InnerFailure.ErrorMessage}; "
                    + $"{details.IsCausedBy<InvalidOperationException>()}; {failure.OperationName}; {failure.EntityId}";
            }
        });

    private static ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        switch (operation.Name.ToLowerInvariant())
        {
            case "add":
                var sum = operation.State.GetState<int>() + operation.GetInput<int>();
                operation.State.SetState(sum);
                return new ValueTask<object?>(sum);
            case "fill":
                operation.State.SetState(operation.GetInput<string>());
                return new ValueTask<object?>(operation.State.GetState<string>());
            case "forget":
                operation.State.SetState(null);
                return default;
            default:
                operation.State.SetState(99);
                throw new InvalidOperationException("outer", new ArgumentException("inner"));
        }
    }
}
