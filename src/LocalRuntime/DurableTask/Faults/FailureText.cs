using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Keeps what failures say within bounds: a message or a stack may hold a whole response, and history carries it from parent to parent.</summary>
internal static class FailureText
{
    /// <summary>The longest message, in UTF-16 units.</summary>
    public const int MaxMessage = 8 * 1024;

    /// <summary>The longest stack trace, in UTF-16 units.</summary>
    public const int MaxStack = 16 * 1024;

    /// <summary>How many failures deep inner failures are kept.</summary>
    public const int MaxDepth = 20;

    private const string Mark = " … (cut)";

    public static TaskFailureDetails Bound(TaskFailureDetails failure) => Bound(failure, 0);

    public static string Cut(string text) => Cut(text, MaxMessage);

    /// <summary>The numbers of the failed calls that an exception comes from.</summary>
    public static IEnumerable<int> Calls(Exception? failure) => failure switch
    {
        null => [],
        TaskFailedException task => [task.TaskId],
        AggregateException several => several.InnerExceptions.SelectMany(Calls).Distinct(),
        _ => Calls(failure.InnerException),
    };

    private static TaskFailureDetails Bound(TaskFailureDetails failure, int depth) => failure with
    {
        ErrorType = Cut(failure.ErrorType, MaxMessage),
        ErrorMessage = Cut(failure.ErrorMessage, MaxMessage),
        StackTrace = failure.StackTrace is null ? null : Cut(failure.StackTrace, MaxStack),
        InnerFailure = failure.InnerFailure is { } inner && depth < MaxDepth ? Bound(inner, depth + 1) : null,
    };

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = length - Mark.Length;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), Mark);
    }
}
