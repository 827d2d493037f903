using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Queries.Asking.Modelling;

/// <summary>Words of a model as they may be shown: one line, bounded, and without a number that the question or the query does not hold.</summary>
internal static partial class ModelWords
{
    /// <summary>Null when there is nothing that may be shown.</summary>
    public static string? Checked(string? text, int longest, string known)
    {
        if (Line(text, longest) is not { } line)
        {
            return null;
        }

        var numbers = Number().Matches(known).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        return Number().Matches(line).All(m => numbers.Contains(m.Value)) ? line : null;
    }

    /// <summary>One bounded line; null when it is empty.</summary>
    public static string? Line(string? text, int longest)
    {
        var line = new string([.. (text ?? "").Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return line.Length == 0 ? null
            : line.Length <= longest ? line
            : line[..(char.IsHighSurrogate(line[longest - 1]) ? longest - 1 : longest)] + "…";
    }

    [GeneratedRegex(@"\d+(?:[.,]\d+)*", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
