using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tools;

/// <summary>
/// Picks the source that was named, or the first one, which is the default; only among those of the caller's tenant that the caller may ask. Nightwatch's own
/// questions get one that gives no old answers.
/// </summary>
internal static class SourceChoice
{
    /// <summary>For a query in the caller's own words: the whole source must be open to the caller.</summary>
    /// <param name="setting">The setting that would add one.</param>
    /// <returns>The source, or the result that says why there is none.</returns>
    public static async ValueTask<(T? Source, ToolResult? Failure)> ForQueryAsync<T>(
        this IDatasources sources, Caller caller, Permission permission, string? wanted, string kind, string setting, CancellationToken cancellationToken)
        where T : class, IDatasource =>
        Choose(await sources.ListAsync<T>(caller.Tenant, cancellationToken).ConfigureAwait(false), caller, s => caller.MayQuery(permission, s.Name), wanted, kind, setting);

    /// <summary>For an answer that is filtered by what the caller may see: some of the source must be open to the caller.</summary>
    public static async ValueTask<(T? Source, ToolResult? Failure)> ForFilteringAsync<T>(
        this IDatasources sources, Caller caller, Permission permission, string kind, string setting, CancellationToken cancellationToken)
        where T : class, IDatasource => Choose(
            await sources.ListAsync<T>(caller.Tenant, cancellationToken).ConfigureAwait(false),
            caller,
            s => caller.Scopes(permission).Any(scope => scope.Datasources.Count == 0 || scope.Datasources.Contains(s.Name, StringComparer.Ordinal)),
            null,
            kind,
            setting);

    private static (T? Source, ToolResult? Failure) Choose<T>(
        IReadOnlyList<T> own, Caller caller, Func<T, bool> isOpen, string? wanted, string kind, string setting)
        where T : class, IDatasource
    {
        if (own.Count == 0)
        {
            return (null, Failure(ToolFaultKind.NoSource, $"No source of {kind} is configured; set {setting} or add one at api/grafana/datasources."));
        }

        var open = own.Where(isOpen).Select(s => s.For(caller)).ToList();
        if (open.Count == 0)
        {
            return (null, Failure(
                ToolFaultKind.NotOpen,
                $"No source of {kind} is open as a whole to this caller, whose access is limited to parts; a free query cannot be confined to them."));
        }

        if (string.IsNullOrEmpty(wanted))
        {
            return (open[0], null);
        }

        var found = open.FirstOrDefault(s => string.Equals(s.Name, wanted, StringComparison.OrdinalIgnoreCase));
        return found is null
            ? (null, Failure(ToolFaultKind.NoSource, $"There is no source of {kind} with that name; there are {string.Join(", ", open.Select(s => s.Name))}."))
            : (found, null);
    }

    private static ToolResult Failure(ToolFaultKind kind, string message) => Outcome.Error(message) with { Fault = new ToolFault(kind, "source") };
}
