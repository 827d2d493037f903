using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Datasources.Confinement;

/// <summary>
/// Labels that hold for everything that is read of a source, whoever asks and however: the last thing between a query and its source. What cannot be held to
/// them does not go out.
/// </summary>
/// <param name="labels">Values that each label may have; at least one label.</param>
internal sealed class SourceConfinement(IReadOnlyDictionary<string, IReadOnlyList<string>> labels)
{
    /// <summary>How much a query may ask is for others to say; here it is about whose data it reads.</summary>
    private readonly QueryPolicy policy = new()
    {
        ForcedLabels = labels,
        MaxWindow = TimeSpan.MaxValue,
        MaxReach = TimeSpan.MaxValue,
        MaxEvaluations = long.MaxValue,
        MaxRegexCost = long.MaxValue,
        MaxQueryLength = int.MaxValue,
        MaxNesting = 200,
    };

    /// <summary>A selector of everything that may be read; the same text in both languages.</summary>
    public string Everything { get; } = new VectorSelector(
        null, [.. labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => PromQlBuild.OneOf(l.Key, [.. l.Value]))]).ToString();

    public bool Allows(string label, string value) => !labels.TryGetValue(label, out var allowed) || allowed.Contains(value, StringComparer.Ordinal);

    /// <exception cref="SourceException">It cannot be confined.</exception>
    public string PromQl(string query, string source)
    {
        if (!PromQlQuery.TryParse(query, PromQlDialect.V3, out var expression, out var error))
        {
            throw Refused(source, $"the query cannot be read: {error}");
        }

        var guarded = PromQlGuard.Check(expression, policy);
        return Breach(guarded.Findings) is { } breach ? throw Refused(source, breach) : guarded.Query;
    }

    /// <exception cref="SourceException">It cannot be confined.</exception>
    public string LogQl(string query, string source)
    {
        if (!LogQlParser.TryParse(query, out var expression, out var error))
        {
            throw Refused(source, $"the query cannot be read: {error}");
        }

        var guarded = LogQlGuard.Check(expression, policy);
        return Breach(guarded.Findings) is { } breach ? throw Refused(source, breach) : guarded.Query;
    }

    public static SourceException Refused(string source, string why) =>
        new(SourceFailure.NotAllowed, source, $"{source}: only part of it may be read here, and {why}");

    private static string? Breach(IReadOnlyList<GuardFinding> findings) =>
        findings.FirstOrDefault(f => f.Code is GuardCodes.ForcedLabel or GuardCodes.Function or GuardCodes.TooDeep)?.Message;
}
