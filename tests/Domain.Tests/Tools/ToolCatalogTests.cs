using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Tools;

public sealed class ToolCatalogTests
{
    public enum Colour
    {
        DarkRed,
        Green,
    }

    public sealed record EchoArguments
    {
        [Description("Some text.")]
        [Length(1, 5)]
        public required string Text { get; init; }

        [Range(1, 10)]
        public int? Count { get; init; }

        public DateTimeOffset? At { get; init; }

        public Colour? Colour { get; init; }

        public IReadOnlyDictionary<string, string>? Labels { get; init; }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Schema_OfARecord_SaysWhatTheRecordSays()
    {
        var schema = new EchoTool().Descriptor.InputSchema;

        Assert.Equal(JsonValueKind.False, schema.GetProperty("additionalProperties").ValueKind);
        Assert.Equal("[\"text\"]", schema.GetProperty("required").GetRawText());
        var properties = schema.GetProperty("properties");
        Assert.Equal("Some text.", properties.GetProperty("text").GetProperty("description").GetString());
        Assert.Equal(5, properties.GetProperty("text").GetProperty("maxLength").GetInt32());
        Assert.Equal(10, properties.GetProperty("count").GetProperty("maximum").GetInt32());
        Assert.Equal("date-time", properties.GetProperty("at").GetProperty("format").GetString());
        Assert.Contains("dark_red", properties.GetProperty("colour").GetProperty("enum").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text":"a","count":3,"at":"2026-01-31T23:59:00Z","colour":"dark_red","labels":{"a":"b"}}""", null)]
    [InlineData("""{"text":"a","count":null}""", null)]
    [InlineData("""{"text":"a","at":"2026-01-31T23:59:00.123+02:00"}""", null)]
    [InlineData("{}", "text is required")]
    [InlineData("""{"text":7}""", "text must be a string")]
    [InlineData("""{"text":null}""", "text must be a string")]
    [InlineData("""{"text":""}""", "text must not be empty")]
    [InlineData("""{"text":"abcdef"}""", "text must have at most 5 characters")]
    [InlineData("""{"text":"a","count":0}""", "count must be at least 1")]
    [InlineData("""{"text":"a","count":11}""", "count must be at most 10")]
    [InlineData("""{"text":"a","count":1e999}""", "count must be")]
    [InlineData("""{"text":"a","count":1.5}""", "count must be an integer")]
    [InlineData("""{"text":"a","count":"2"}""", "count must be an integer")]
    [InlineData("""{"text":"a","at":"yesterday"}""", "at must be a time such as")]
    [InlineData("""{"text":"a","at":"2026-01-31T23:59:00"}""", "at must be a time such as")]
    [InlineData("""{"text":"a","at":"2026-02-31T23:59:00Z"}""", "at must be a time such as")]
    [InlineData("""{"text":"a","colour":"blue"}""", "colour must be one of dark_red, green")]
    [InlineData("""{"text":"a","labels":{"a":1}}""", "labels.a must be a string")]
    [InlineData("""{"text":"a","Text":"b"}""", "Text is not an argument; there are text, count, at, colour, labels")]
    [InlineData("""{"text":"a","text":"b"}""", "not one well-formed JSON object")]
    [InlineData("""["text"]""", "the value must be an object")]
    [InlineData("null", "the value must be an object")]
    [InlineData("{", "not one well-formed JSON object")]
    [InlineData("", "not one well-formed JSON object")]
    public async Task Invoke_Arguments_AreCheckedAndTheFieldIsNamed(string arguments, string? expected)
    {
        var result = await AskAsync(new EchoTool(), arguments);

        if (expected is null)
        {
            Assert.True(result.Status == ToolStatus.Success, result.Message);
        }
        else
        {
            Assert.Equal(ToolStatus.Error, result.Status);
            Assert.False(result.Transient);
            Assert.Contains(expected, result.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Invoke_DeepOrHugeArguments_AreRefused()
    {
        var deep = await AskAsync(new EchoTool(), string.Concat(Enumerable.Repeat("{\"text\":", 100)));
        var huge = await AskAsync(new EchoTool(), $$"""{"text":"{{new string('x', 100_000)}}"}""");

        Assert.Equal((ToolStatus.Error, ToolStatus.Error), (deep.Status, huge.Status));
        Assert.True(huge.Invocation.Length < 20_000);
    }

    [Fact]
    public async Task Invoke_UnknownOrNotPermitted_IsAnError()
    {
        var catalog = Catalog(new EchoTool());

        var unknown = await catalog.InvokeAsync(Request("{}") with { Name = "drop_tables" }, Cancel);
        var refused = await catalog.InvokeAsync(Request("""{"text":"a"}""") with { Caller = Callers.With("default", Scope.Everywhere, Permission.ReadLogs) }, Cancel);

        Assert.Contains("there are echo_text", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("needs the permission read:metrics", refused.Message, StringComparison.Ordinal);
        Assert.Equal((ToolStatus.Error, ToolStatus.Error), (unknown.Status, refused.Status));
    }

    [Theory]
    [InlineData("Echo")]
    [InlineData("echo")]
    [InlineData("echo-text")]
    [InlineData("echo__text")]
    [InlineData("écho_text")]
    public void Create_NameThatIsNotVerbNoun_IsRefused(string name) => Assert.Throws<ArgumentException>(() => Catalog(new EchoTool(name)));

    [Fact]
    public void Create_SameNameTwice_IsRefused() => Assert.Throws<ArgumentException>(() => Catalog(new EchoTool(), new EchoTool()));

    [Fact]
    public void Tools_NotAvailable_AreLeftOut() => Assert.Empty(Catalog(new EchoTool(available: false)).Tools);

    [Fact]
    public async Task Invoke_ToolThatThrows_IsAnErrorWithoutItsText()
    {
        var result = await AskAsync(new EchoTool(run: _ => throw new InvalidOperationException("secret inside")));

        Assert.Equal((ToolStatus.Error, false), (result.Status, result.Transient));
        Assert.DoesNotContain("secret", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SourceFailure.Unavailable, true)]
    [InlineData(SourceFailure.Timeout, true)]
    [InlineData(SourceFailure.BadRequest, false)]
    [InlineData(SourceFailure.Unauthorized, false)]
    [InlineData(SourceFailure.BadAnswer, false)]
    public async Task Invoke_SourceFails_IsAnErrorThatSaysWhetherToTryAgain(SourceFailure failure, bool transient)
    {
        var result = await AskAsync(new EchoTool(run: _ => throw new SourceException(failure, "s", "s: it is down")));

        Assert.Equal((ToolStatus.Error, transient, "s: it is down", "echo"), (result.Status, result.Transient, result.Message, result.Invocation));
    }

    [Fact]
    public async Task Invoke_ToolThatNeverEnds_TimesOutEvenWhenItIgnoresItsToken()
    {
        var obedient = new EchoTool(run: async cancel =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return Outcome.NoData("never");
        });
        var deaf = new EchoTool(run: _ => new TaskCompletionSource<ToolResult>().Task);

        foreach (var tool in new[] { obedient, deaf })
        {
            var result = await Catalog(tool).InvokeAsync(Request("""{"text":"a"}""") with { Timeout = TimeSpan.FromMilliseconds(50) }, Cancel);
            Assert.Equal((ToolStatus.Error, true), (result.Status, result.Transient));
            Assert.Contains("did not finish within", result.Message, StringComparison.Ordinal);
            Assert.Equal("""echo_text {"text":"a"}""", result.Invocation);
        }
    }

    [Fact]
    public async Task Invoke_CallerGivesUp_Throws()
    {
        using var mine = new CancellationTokenSource();
        var asking = Catalog(new EchoTool(run: _ => new TaskCompletionSource<ToolResult>().Task)).InvokeAsync(Request("""{"text":"a"}"""), mine.Token);
        await mine.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Invoke_LargeData_IsStoredBoundedAndSaysWhatIsLeftOut()
    {
        var samples = Enumerable.Range(0, 20_000).Select(i => new { labels = new { instance = $"host-{i}" }, value = i });
        var result = await AskAsync(new EchoTool(run: _ => Task.FromResult(Outcome.Success(new { samples, total = 20_000 }, "a warning"))));

        Assert.InRange(result.Data!.Value.GetRawText().Length, ToolLimits.MaxDataBytes / 2, ToolLimits.MaxDataBytes);
        var kept = result.Data.Value.GetProperty("samples").GetArrayLength();
        Assert.Equal(20_000, result.Data.Value.GetProperty("total").GetInt32());
        Assert.Equal("host-0", result.Data.Value.GetProperty("samples")[0].GetProperty("labels").GetProperty("instance").GetString());
        Assert.Equal($"a warning; only {kept} of 20000 samples are shown", result.Message);
    }

    [Fact]
    public async Task Invoke_SecretsInData_AreMaskedBeforeLongTextIsCut()
    {
        var line = new string('x', ToolLimits.MaxStringLength - 20) + " Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789";
        var result = await AskAsync(new EchoTool(run: _ => Task.FromResult(Outcome.Success(new { lines = new[] { line, "postgres://app:hunter22@db/shop" } }))));

        var lines = result.Data!.Value.GetProperty("lines");
        Assert.DoesNotContain("abcdefgh", result.Data.Value.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("postgres://app:[masked]@db/shop", lines[1].GetString());
        Assert.Equal("1 long text is cut", result.Message);
    }

    [Fact]
    public async Task Invoke_SecretsInTheQuery_AreMaskedInTheInvocation()
    {
        var result = await Catalog(new EchoTool()).InvokeAsync(Request("""{"text":1,"password":"hunter22"}"""), Cancel);

        Assert.DoesNotContain("hunter22", result.Invocation, StringComparison.Ordinal);
    }

    private static ToolCatalog Catalog(params ITool[] tools) => new(tools, new TextMasker(), new RecordedAudit(), TimeProvider.System, NullLogger<ToolCatalog>.Instance);

    private static ToolRequest Request(string arguments) =>
        new() { Name = "echo_text", Caller = Callers.With("default", Scope.Everywhere, Permission.ReadMetrics), Arguments = arguments };

    private static Task<ToolResult> AskAsync(ITool tool, string arguments = """{"text":"a"}""") => Catalog(tool).InvokeAsync(Request(arguments), Cancel);

    private sealed class EchoTool(string name = "echo_text", bool available = true, Func<CancellationToken, Task<ToolResult>>? run = null)
        : Tool<EchoArguments>(name, "Says it again.", Permission.ReadMetrics, ToolEffects.Reads)
    {
        public override bool Available => available;

        protected override Task<ToolResult> RunAsync(Caller caller, EchoArguments arguments, CancellationToken cancellationToken) =>
            run is null ? Task.FromResult(Outcome.Success(arguments)) : AskAsync("echo", null, () => run(cancellationToken));
    }
}
