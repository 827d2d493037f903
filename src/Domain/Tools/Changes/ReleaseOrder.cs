using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Tools.Changes;

/// <summary>Tells a return to what ran before from a release, and from trying a release once more. Pure.</summary>
internal static partial class ReleaseOrder
{
    /// <summary>Of versions that have no order, the one that ran this many times longer is the established one.</summary>
    private const int Established = 2;

    /// <param name="earlier">How often each version was seen before.</param>
    public static bool IsReturn(string from, string to, IReadOnlyDictionary<string, int> earlier)
    {
        if (!earlier.TryGetValue(to, out var seen))
        {
            return false;
        }

        return Number(from) is { } left && Number(to) is { } right && left.CompareTo(right) is var order and not 0
            ? order > 0
            : seen >= Established * earlier.GetValueOrDefault(from);
    }

    private static Version? Number(string version) =>
        Leading().Match(version) is { Success: true } match && Version.TryParse(match.Groups[1].Value, out var number) ? number : null;

    /// <summary>1.4.2 of v1.4.2-rc1@9c1e4f7; a commit's hash has none.</summary>
    [GeneratedRegex(@"^[vV]?(\d{1,9}(?:\.\d{1,9}){1,3})(?:$|[^\w.])", RegexOptions.NonBacktracking)]
    private static partial Regex Leading();
}
