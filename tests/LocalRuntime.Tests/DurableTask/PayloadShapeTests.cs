using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Payloads of shapes that serialisers stumble over, and times that timers stumble over.</summary>
public sealed class PayloadShapeTests
{
    [Fact]
    public async Task Polymorphic_InputResultEventAndStatus_KeepTheirTypes()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<Held, Held>("Grow", held => held.Shape is Circle circle ? new Held(circle with { Radius = circle.Radius * 2 }) : held)
            .Orchestrator("Shapes", async context =>
            {
                var grown = await context.CallActivityAsync<Held>("Grow", context.GetInput<Held>());
                var square = await context.WaitForExternalEvent<Held>("shape");
                context.SetCustomStatus(new Dictionary<string, Shape> { ["seen"] = square.Shape });
                return new List<Shape> { grown.Shape, square.Shape };
            }));
        var id = await host.ScheduleAsync("Shapes", new Held(new Circle(2)));
        await host.Client.RaiseEventAsync(id, "shape", new Held(new Square(3)), DurableHost.Cancellation);

        var end = await host.EndAsync(id);
        Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, end.ToString());
        Assert.Equal([new Circle(4), new Square(3)], end.ReadOutputAs<List<Shape>>()!);
        Assert.Equal(new Square(3), end.ReadCustomStatusAs<Dictionary<string, Shape>>()!["seen"]);
    }

    [Fact]
    public async Task Values_OfEveryKind_RoundTrip()
    {
        var everything = new Everything
        {
            Text = "tab\t quote\" \0 ☂ 😀 \u2028 </script>",
            Number = long.MinValue,
            Amount = 79228162514264337593543950335m,
            Fraction = 1e-300,
            When = new DateTimeOffset(2026, 2, 28, 23, 59, 59, 999, TimeSpan.FromHours(-11)),
            Span = TimeSpan.MinValue,
            Id = Guid.Parse("00000000-0000-0000-0000-000000000001"),
            Day = DayOfWeek.Friday,
            Bytes = [0, 255, 1],
            Many = new() { [""] = null, ["a"] = [1, 2] },
        };
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<Everything, Everything>("Echo", value => value)
            .Orchestrator("Echo", context => context.CallActivityAsync<Everything>("Echo", context.GetInput<Everything>())));

        var result = (await host.ResultAsync<Everything>("Echo", everything))!;

        Assert.Equivalent(everything, result, strict: true);
    }

    [Theory]
    [InlineData(16_383)]
    [InlineData(16_385)]
    [InlineData(300_000)]
    public async Task CustomStatus_OfAnySize_IsShownWholeAndReplaced(int length)
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Status", async context =>
        {
            context.SetCustomStatus(new string('é', length));
            await context.WaitForExternalEvent<string>("go");
            context.SetCustomStatus(null);
            await context.CallActivityAsync("Add", 1);
        }));
        var id = await host.ScheduleAsync("Status");
        await DurableHost.UntilAsync(async () => (await host.Client.GetInstanceAsync(id, true, DurableHost.Cancellation))!.ReadCustomStatusAs<string>()?.Length == length);
        await host.Client.RaiseEventAsync(id, "go", null, DurableHost.Cancellation);

        Assert.Null((await host.EndAsync(id)).SerializedCustomStatus);
    }

    [Fact]
    public async Task Timer_AtTheEndOfTime_LosesToAnEventAndIsCancelled()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Forever", async context =>
        {
            using var stop = new CancellationTokenSource();
            var timer = context.CreateTimer(DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), stop.Token);
            var word = context.WaitForExternalEvent<string>("word");
            var first = await Task.WhenAny(timer, word);
            stop.Cancel();
            await context.CallActivityAsync("Add", 1);
            return $"{first == word} {timer.IsCanceled}";
        }));
        var id = await host.ScheduleAsync("Forever");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);

        // Another timer, due soon, must not wait behind it.
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndAsync(await SoonAsync(host))).RuntimeStatus);
        await host.Client.RaiseEventAsync(id, "word", "x", DurableHost.Cancellation);

        var end = await host.EndAsync(id);
        Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, end.ToString());
        Assert.Equal("True True", end.ReadOutputAs<string>());
        Assert.Equal(0L, host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM timers")));

        static Task<string> SoonAsync(DurableHost host)
        {
            host.Functions.Orchestrator("Soon", context => context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None));
            return host.ScheduleAsync("Soon");
        }
    }

    [Fact]
    public async Task Timers_LocalTimesAndEqualTimes_FireAsInstantsInOrder()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Order", async context =>
            {
                var (began, order) = (context.CurrentUtcDateTime, new List<int>());
                await Task.WhenAll(
                    NoteAsync(context.CreateTimer(began.AddHours(2).ToLocalTime(), CancellationToken.None), 2),
                    NoteAsync(context.CreateTimer(began.AddHours(1), CancellationToken.None), 1),
                    NoteAsync(context.CreateTimer(began.AddHours(3), CancellationToken.None), 3),
                    NoteAsync(context.CreateTimer(began.AddHours(-1), CancellationToken.None), 0));
                return order;

                async Task NoteAsync(Task timer, int number)
                {
                    await timer;
                    order.Add(number);
                }
            }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Order");
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM timers")) is 3L));
        time.Advance(TimeSpan.FromHours(9));

        Assert.Equal([0, 1, 2, 3], (await host.EndAsync(id)).ReadOutputAs<List<int>>());
    }

    [Fact]
    public async Task CancelledTimer_OfAnEarlierTurn_NeverFires()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Change", async context =>
            {
                using var stop = new CancellationTokenSource();
                var first = context.CreateTimer(TimeSpan.FromHours(1), stop.Token);
                await context.WaitForExternalEvent<string>("longer");
                stop.Cancel();
                await context.CreateTimer(TimeSpan.FromHours(5), CancellationToken.None);
                return $"{first.IsCanceled} {context.CurrentUtcDateTime.Hour}";
            }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Change");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.RaiseEventAsync(id, "longer", null, DurableHost.Cancellation);
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Read(session => session.Scalar("SELECT due FROM timers WHERE (SELECT COUNT(*) FROM timers) = 1")) is long due && due > time.GetUtcNow().AddHours(4).UtcTicks));

        Assert.Equal(TimeSpan.FromHours(5), await host.PassTimerAsync(id, time));
        Assert.Equal("True 5", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "$kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    public sealed record Circle(int Radius) : Shape;

    public sealed record Square(int Side) : Shape;

    public sealed record Everything
    {
        public string? Text { get; init; }

        public long Number { get; init; }

        public decimal Amount { get; init; }

        public double Fraction { get; init; }

        public DateTimeOffset When { get; init; }

        public TimeSpan Span { get; init; }

        public Guid Id { get; init; }

        public DayOfWeek Day { get; init; }

        public byte[]? Bytes { get; init; }

        public Dictionary<string, List<int>?> Many { get; init; } = [];
    }

    private sealed record Held(Shape Shape);
}
