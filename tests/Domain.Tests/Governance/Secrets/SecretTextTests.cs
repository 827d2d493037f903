using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance.Secrets;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Domain.Tests.Governance.Secrets;

public sealed class SecretTextTests
{
    private const string Plain = "hunter2-hunter2";

    private sealed record Body(string Name, SecretText Secret);

    [Fact]
    public void ToString_ShowsNothing()
    {
        var secret = new SecretText(Plain);

        Assert.Equal("***", $"{secret}");
        Assert.DoesNotContain("hunter", new Body("a", secret).ToString(), StringComparison.Ordinal);
        Assert.Equal(Plain, secret.Reveal());
    }

    [Fact]
    public void Logged_ShowsNothing()
    {
        var lines = new List<string>();
        var logger = new Lines(lines);

        logger.Log(LogLevel.Information, default, new Body("a", new SecretText(Plain)), null, static (state, _) => $"saved {state} {state.Secret}");

        Assert.Equal("saved Body { Name = a, Secret = *** } ***", Assert.Single(lines));
    }

    [Fact]
    public void Json_IsReadAndNeverWritten()
    {
        var body = JsonSerializer.Deserialize<Body>("""{"name":"a","secret":"hunter2-hunter2"}""", NightwatchJson.Options)!;

        Assert.Equal(Plain, body.Secret.Reveal());
        var refused = Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(body, NightwatchJson.Options));
        Assert.DoesNotContain("hunter", refused.ToString(), StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize<object>(body.Secret));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new Dictionary<string, object> { ["a"] = body.Secret }));
    }

    [Theory]
    [InlineData("""{"name":"a","secret":""}""")]
    [InlineData("""{"name":"a","secret":5}""")]
    [InlineData("""{"name":"a","secret":{"x":"hunter2"}}""")]
    [InlineData("""{"name":"a","secret":"\ud800hunter2"}""")]
    public void Json_ThatIsNoSecret_IsAJsonException(string json)
    {
        var exception = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Body>(json, NightwatchJson.Options));

        Assert.DoesNotContain("hunter", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_RefusesWhatCannotBeStored()
    {
        Assert.Throws<ArgumentException>(() => new SecretText(""));
        Assert.Throws<ArgumentException>(() => new SecretText(new string('x', SecretText.MaxBytes + 1)));
        Assert.Throws<ArgumentException>(() => new SecretText("hunter\ud800"));
        Assert.Equal(SecretText.MaxBytes, new SecretText(new string('x', SecretText.MaxBytes)).Reveal().Length);
    }

    [Fact]
    public void Contexts_ThatDiffer_HaveDifferentBytes()
    {
        string[] words = ["", "a", "b", "ab", "aa"];
        var contexts = from t in words from k in words from i in words from f in words select new SecretContext { Tenant = t, Kind = k, Id = i, Field = f };
        var all = contexts.ToList();

        Assert.Equal(all.Count, all.Select(c => Convert.ToHexString(c.ToBytes())).Distinct().Count());
    }

    private sealed class Lines(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(formatter(state, exception));
    }
}
