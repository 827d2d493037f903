using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Queries.Guard;

namespace Nightwatch.Functions.Datasources;

/// <summary>Reads labels that are forced into queries: namespace=shop|shop-db,cluster=eu. A wrong one stops the start: a limit that is not understood is none.</summary>
internal static partial class ForcedLabelsReader
{
    public const string Key = "QUERY_FORCED_LABELS";

    /// <summary>The section by tenant; two underscores and the tenant's name follow it in an environment variable.</summary>
    public const string TenantsKey = "QUERY_FORCED_LABELS_FOR";

    /// <exception cref="OptionsValidationException">It is not of that form.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(string key, string? text)
    {
        var labels = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? "" : part[..at].Trim();
            string[] values = at < 0 ? [] : [.. part[(at + 1)..].Split('|').Select(v => v.Trim())];
            if (!LabelName().IsMatch(name) || name == "__name__" || values.Length == 0 || values.Any(v => v.Length == 0) || !labels.TryAdd(name, values))
            {
                throw new OptionsValidationException(
                    key, typeof(QueryPolicy), [$"{key} must be label=value pairs with commas between them (several values with | between them), each label once; '{part}' is not one."]);
            }
        }

        return labels;
    }

    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadForTenants(IConfiguration configuration) =>
        configuration.GetSection(TenantsKey).GetChildren().ToDictionary(c => c.Key, c => Read($"{TenantsKey}__{c.Key}", c.Value), StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$", RegexOptions.NonBacktracking)]
    private static partial Regex LabelName();
}
