using System.Collections.Frozen;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Words of the language, in any case, and where each may be a name all the same.</summary>
internal static class PromQlWords
{
    private static readonly FrozenDictionary<string, PromQlTokenKind> Old = new Dictionary<string, PromQlTokenKind>
    {
        ["and"] = PromQlTokenKind.And,
        ["or"] = PromQlTokenKind.Or,
        ["unless"] = PromQlTokenKind.Unless,
        ["atan2"] = PromQlTokenKind.Atan2,
        ["sum"] = PromQlTokenKind.Aggregator,
        ["avg"] = PromQlTokenKind.Aggregator,
        ["count"] = PromQlTokenKind.Aggregator,
        ["min"] = PromQlTokenKind.Aggregator,
        ["max"] = PromQlTokenKind.Aggregator,
        ["group"] = PromQlTokenKind.Aggregator,
        ["stddev"] = PromQlTokenKind.Aggregator,
        ["stdvar"] = PromQlTokenKind.Aggregator,
        ["topk"] = PromQlTokenKind.Aggregator,
        ["bottomk"] = PromQlTokenKind.Aggregator,
        ["count_values"] = PromQlTokenKind.Aggregator,
        ["quantile"] = PromQlTokenKind.Aggregator,
        ["offset"] = PromQlTokenKind.Offset,
        ["by"] = PromQlTokenKind.By,
        ["without"] = PromQlTokenKind.Without,
        ["on"] = PromQlTokenKind.On,
        ["ignoring"] = PromQlTokenKind.Ignoring,
        ["group_left"] = PromQlTokenKind.GroupLeft,
        ["group_right"] = PromQlTokenKind.GroupRight,
        ["bool"] = PromQlTokenKind.Bool,
        ["start"] = PromQlTokenKind.StartWord,
        ["end"] = PromQlTokenKind.EndWord,
        ["inf"] = PromQlTokenKind.Number,
        ["nan"] = PromQlTokenKind.Number,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, PromQlTokenKind> All = Old.Concat(
        new Dictionary<string, PromQlTokenKind>
        {
            ["limitk"] = PromQlTokenKind.Aggregator,
            ["limit_ratio"] = PromQlTokenKind.Aggregator,
            ["smoothed"] = PromQlTokenKind.Smoothed,
            ["anchored"] = PromQlTokenKind.Anchored,
            ["fill"] = PromQlTokenKind.Fill,
            ["fill_left"] = PromQlTokenKind.FillLeft,
            ["fill_right"] = PromQlTokenKind.FillRight,
            ["step"] = PromQlTokenKind.Step,
            ["range"] = PromQlTokenKind.Range,
            ["max_of"] = PromQlTokenKind.MaxOf,
            ["min_of"] = PromQlTokenKind.MinOf,
        }).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, PromQlTokenKind>.AlternateLookup<ReadOnlySpan<char>> OldLookup = Old.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, PromQlTokenKind>.AlternateLookup<ReadOnlySpan<char>> AllLookup = All.GetAlternateLookup<ReadOnlySpan<char>>();

    internal static PromQlTokenKind Kind(ReadOnlySpan<char> word, PromQlDialect dialect) =>
        (dialect == PromQlDialect.V3 ? AllLookup : OldLookup).TryGetValue(word, out var kind) ? kind : PromQlTokenKind.Identifier;

    /// <summary>What may stand where a metric's name is expected.</summary>
    internal static bool MayNameMetric(PromQlTokenKind kind) => kind is
        PromQlTokenKind.Identifier or PromQlTokenKind.MetricIdentifier or PromQlTokenKind.Aggregator or PromQlTokenKind.By or PromQlTokenKind.Without
        or PromQlTokenKind.And or PromQlTokenKind.Or or PromQlTokenKind.Unless or PromQlTokenKind.Offset or PromQlTokenKind.Anchored or PromQlTokenKind.Smoothed
        or PromQlTokenKind.Fill or PromQlTokenKind.FillLeft or PromQlTokenKind.FillRight or PromQlTokenKind.StartWord or PromQlTokenKind.EndWord
        or PromQlTokenKind.Step or PromQlTokenKind.Range or PromQlTokenKind.MaxOf or PromQlTokenKind.MinOf;

    /// <summary>What may stand unquoted in <c>by (...)</c>, <c>on (...)</c> and their like.</summary>
    internal static bool MayNameGroupingLabel(PromQlTokenKind kind) =>
        (MayNameMetric(kind) && kind != PromQlTokenKind.Without)
        || kind is PromQlTokenKind.Bool or PromQlTokenKind.On or PromQlTokenKind.Ignoring or PromQlTokenKind.GroupLeft or PromQlTokenKind.GroupRight or PromQlTokenKind.Atan2;

    /// <summary>Letters, digits and underscores, not beginning with a digit; colons where asked for.</summary>
    internal static bool IsPlainName(ReadOnlySpan<char> name, bool colons)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0]))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!(char.IsAsciiLetterOrDigit(c) || c == '_' || (colons && c == ':')))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the name can be written unquoted before the braces. A word that only 3.x knows is a name in 2.42 too.</summary>
    internal static bool IsPlainMetricName(ReadOnlySpan<char> name) => IsPlainName(name, colons: true) && MayNameMetric(Kind(name, PromQlDialect.V3));

    /// <summary>Whether the name can be written unquoted in a grouping.</summary>
    internal static bool IsPlainGroupingLabel(ReadOnlySpan<char> name) => IsPlainName(name, colons: false) && MayNameGroupingLabel(Kind(name, PromQlDialect.V3));
}
