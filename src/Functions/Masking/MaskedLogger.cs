using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Functions.Masking;

/// <summary>Passes on what holds nothing to hide as it is, and the rest masked: the message, its values by name, and the exception with its stack.</summary>
internal sealed class MaskedLogger(ILogger inner, IMasker masker) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        var text = formatter(state, exception);
        var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var message = masker.Mask(text);
        var hidden = new string?[values.Count];
        for (var i = 0; i < values.Count; i++)
        {
            if (TextOf(values[i]) is { Length: > 0 } value)
            {
                hidden[i] = Masked(values[i].Key, value, text, message);
                // A name that tells is not in the message; the value may be.
                message = hidden[i] is { } shownAs ? message.Replace(value, shownAs, StringComparison.Ordinal) : message;
            }
        }

        var shown = exception is null ? null : Masked(exception);
        if (message == text && shown == exception && hidden.All(v => v is null))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        var masked = new MaskedState(message, [.. values.Select((v, i) => hidden[i] is { } shownAs ? KeyValuePair.Create<string, object?>(v.Key, shownAs) : v)]);
        inner.Log(logLevel, eventId, masked, shown, static (s, _) => s.ToString());
    }

    private Exception Masked(Exception exception)
    {
        var text = exception.ToString();
        var masked = masker.Mask(text);
        return masked == text ? exception : new MaskedException(masked);
    }

    /// <summary>The value masked; null when it may stay. What the message around it gave away is hidden too.</summary>
    private string? Masked(string name, string value, string text, string message)
    {
        var masked = masker.MaskValue(name, value);
        return masked != value ? masked
            : text.Contains(value, StringComparison.Ordinal) && !message.Contains(value, StringComparison.Ordinal) ? TextMasker.Masked
            : null;
    }

    /// <summary>Null for our own template, and for numbers and times, which hide nothing.</summary>
    private static string? TextOf(KeyValuePair<string, object?> value) =>
        value.Key == "{OriginalFormat}" || value.Value is null or IConvertible and not string or DateTimeOffset or TimeSpan ? null
        : Convert.ToString(value.Value, CultureInfo.InvariantCulture);

    private sealed class MaskedState(string message, IReadOnlyList<KeyValuePair<string, object?>> values) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => values.Count;

        public KeyValuePair<string, object?> this[int index] => values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => message;
    }
}

/// <summary>Stands in a log for an exception whose text holds what must not be there; all that is left of that one is its masked text.</summary>
public sealed class MaskedException(string text) : Exception(text)
{
    public override string ToString() => Message;
}
