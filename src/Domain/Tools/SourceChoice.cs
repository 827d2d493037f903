namespace Nightwatch.Domain.Tools;

/// <summary>Picks the source that was named, or the first one, which is the default.</summary>
internal static class SourceChoice
{
    /// <summary>The source, or the result that says why there is none.</summary>
    /// <param name="setting">The setting that would add one.</param>
    public static (T? Source, ToolResult? Failure) Choose<T>(IReadOnlyList<T> sources, Func<T, string> nameOf, string? wanted, string kind, string setting)
        where T : class
    {
        if (sources.Count == 0)
        {
            return (null, Outcome.Error($"No source of {kind} is configured; set {setting}."));
        }

        if (string.IsNullOrEmpty(wanted))
        {
            return (sources[0], null);
        }

        var found = sources.FirstOrDefault(s => string.Equals(nameOf(s), wanted, StringComparison.OrdinalIgnoreCase));
        return found is null
            ? (null, Outcome.Error($"There is no source of {kind} with that name; there are {string.Join(", ", sources.Select(nameOf))}."))
            : (found, null);
    }
}
