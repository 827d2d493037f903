namespace Nightwatch.Domain.Queries.Guard;

/// <summary>The policy that each tenant's queries are held to.</summary>
/// <param name="common">Of every tenant.</param>
/// <param name="forced">Labels that are forced for one tenant, by tenant; each takes the place of a common one of the same name.</param>
public sealed class QueryPolicies(QueryPolicy common, IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>>? forced = null)
{
    // Settings do not tell upper from lower case.
    private readonly Dictionary<string, QueryPolicy> own = (forced ?? new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>>())
        .ToDictionary(f => f.Key, f => Merge(common, f.Value), StringComparer.OrdinalIgnoreCase);

    public QueryPolicy For(string tenant) => own.GetValueOrDefault(tenant, common);

    private static QueryPolicy Merge(QueryPolicy common, IReadOnlyDictionary<string, IReadOnlyList<string>> labels)
    {
        var all = new Dictionary<string, IReadOnlyList<string>>(common.ForcedLabels, StringComparer.Ordinal);
        foreach (var (label, values) in labels)
        {
            all[label] = values;
        }

        return common with { ForcedLabels = all };
    }
}
