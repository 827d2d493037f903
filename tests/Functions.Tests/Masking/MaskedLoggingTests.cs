using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Functions.Masking;

namespace Nightwatch.Functions.Tests.Masking;

public sealed partial class MaskedLoggingTests : IDisposable
{
    private readonly string secret = $"hunter{Guid.NewGuid():N}";
    private readonly Kept kept = new();

    [Fact]
    public void Log_SecretInMessageValueOrException_ReachesNoProvider()
    {
        using var services = Services();
        var logger = services.GetRequiredService<ILogger<MaskedLoggingTests>>();

        LogConnecting(logger, secret);
        LogSetting(logger, secret);
        LogFailed(logger, new InvalidOperationException("outer", new IOException($"postgres://me:{secret}@db/shop")), 3, "orders");

        Assert.Equal(3, kept.Entries.Count);
        Assert.All(kept.Entries, entry =>
        {
            Assert.DoesNotContain(secret, entry.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(entry.Values, v => $"{v.Value}".Contains(secret, StringComparison.Ordinal));
        });
        Assert.Contains("password=", kept.Entries.First().Text, StringComparison.Ordinal);
        Assert.Contains("IOException", kept.Entries.Last().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_WithoutSecrets_ReachesTheProvidersAsItIs()
    {
        using var services = Services();
        var failure = new InvalidOperationException("plain");

        LogFailed(services.GetRequiredService<ILogger<MaskedLoggingTests>>(), failure, 3, "orders");

        var entry = Assert.Single(kept.Entries);
        Assert.Same(failure, entry.Failure);
        Assert.Contains(entry.Values, v => v is { Key: "Count", Value: 3 });
    }

    [Fact]
    public void Log_BelowTheConfiguredLevel_IsFilteredAsBefore()
    {
        using var services = Services();

        LogDetail(services.GetRequiredService<ILogger<MaskedLoggingTests>>(), secret);

        Assert.Empty(kept.Entries);
    }

    public void Dispose() => kept.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "connecting with password={Value}")]
    private static partial void LogConnecting(ILogger logger, string value);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the setting is {Password}")]
    private static partial void LogSetting(ILogger logger, string password);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} alerts of {Service} failed")]
    private static partial void LogFailed(ILogger logger, Exception failure, int count, string service);

    [LoggerMessage(Level = LogLevel.Debug, Message = "password={Value}")]
    private static partial void LogDetail(ILogger logger, string value);

    private ServiceProvider Services() => new ServiceCollection()
        .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(kept))
        .AddSingleton<IMasker>(new TextMasker())
        .AddMaskedLogging()
        .BuildServiceProvider();

    private sealed record Entry(string Text, IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Failure);

    /// <summary>Keeps what a provider is given.</summary>
    private sealed class Kept : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<Entry> Entries { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue(new Entry($"{formatter(state, exception)} {exception}", state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception));

        public void Dispose()
        {
        }
    }
}
