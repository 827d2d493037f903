using System.Collections.Frozen;
using System.Text;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Functions over the lines of a range.</summary>
public enum RangeFunction
{
    CountOverTime, Rate, RateCounter, BytesOverTime, BytesRate, AvgOverTime, SumOverTime, MinOverTime, MaxOverTime,
    StdvarOverTime, StddevOverTime, QuantileOverTime, FirstOverTime, LastOverTime, AbsentOverTime,
}

/// <summary>Functions over the series of an instant.</summary>
public enum VectorFunction
{
    Sum, Avg, Max, Min, Count, Stddev, Stdvar, BottomK, TopK, Sort, SortDesc, ApproxTopK,
}

/// <summary>Operators between metrics.</summary>
public enum LogQlOperator
{
    Or, And, Unless, Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual, Add, Subtract, Multiply, Divide, Modulo, Power,
}

/// <summary>How many series of one side a series of the other may meet.</summary>
public enum MatchCardinality
{
    OneToOne,

    /// <summary><c>group_left</c>.</summary>
    ManyToOne,

    /// <summary><c>group_right</c>.</summary>
    OneToMany,
}

/// <summary>How a line is compared.</summary>
public enum LineMatch
{
    Contains, NotContains, Regex, NotRegex, Pattern, NotPattern,
}

/// <summary>How a label's number is compared.</summary>
public enum LabelComparison
{
    Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual,
}

/// <summary>How an unwrapped label is read as a number.</summary>
public enum UnwrapConversion
{
    None, Bytes, Duration, DurationSeconds,
}

/// <summary>The words and signs of the language.</summary>
public static class LogQlWords
{
    private static readonly string[] RangeFunctions =
    [
        "count_over_time", "rate", "rate_counter", "bytes_over_time", "bytes_rate", "avg_over_time", "sum_over_time", "min_over_time", "max_over_time",
        "stdvar_over_time", "stddev_over_time", "quantile_over_time", "first_over_time", "last_over_time", "absent_over_time",
    ];

    private static readonly string[] VectorFunctions =
        ["sum", "avg", "max", "min", "count", "stddev", "stdvar", "bottomk", "topk", "sort", "sort_desc", "approx_topk"];

    private static readonly string[] Operators = ["or", "and", "unless", "==", "!=", ">", ">=", "<", "<=", "+", "-", "*", "/", "%", "^"];

    private static readonly string[] LineMatches = ["|=", "!=", "|~", "!~", "|>", "!>"];

    private static readonly string[] Comparisons = ["==", "!=", ">", ">=", "<", "<="];

    private static readonly string[] Conversions = ["", "bytes", "duration", "duration_seconds"];

    private static readonly FrozenDictionary<string, (LogQlTokenKind Kind, int Index)> All = Words().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, (LogQlTokenKind Kind, int Index)>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        All.GetAlternateLookup<ReadOnlySpan<char>>();

    public static string NameOf(RangeFunction function) => RangeFunctions[(int)function];

    public static string NameOf(VectorFunction function) => VectorFunctions[(int)function];

    public static string NameOf(UnwrapConversion conversion) => Conversions[(int)conversion];

    public static string SignOf(LogQlOperator logQlOperator) => Operators[(int)logQlOperator];

    public static string SignOf(LineMatch match) => LineMatches[(int)match];

    public static string SignOf(LabelComparison comparison) => Comparisons[(int)comparison];

    /// <summary>Whether the match keeps lines that do not match.</summary>
    public static bool IsNegative(LineMatch match) => match is LineMatch.NotContains or LineMatch.NotRegex or LineMatch.NotPattern;

    public static bool IsSetOperator(LogQlOperator logQlOperator) => logQlOperator is LogQlOperator.Or or LogQlOperator.And or LogQlOperator.Unless;

    public static bool IsComparison(LogQlOperator logQlOperator) => logQlOperator is >= LogQlOperator.Equal and <= LogQlOperator.LessOrEqual;

    /// <summary>
    /// Whether the language can name the label: letters, digits and underscores, no digit first, and no word that it keeps for itself
    /// (<c>by</c>, <c>json</c>, <c>offset</c>, ..., in any case). Such a label cannot be quoted in LogQL.
    /// </summary>
    public static bool IsLabelName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxLabelLength || (TryFind(name, out var kind, out _) && !IsCallOnly(kind)))
        {
            return false;
        }

        var at = 0;
        while (at < name.Length)
        {
            if (Rune.DecodeFromUtf16(name[at..], out var rune, out var used) != System.Buffers.OperationStatus.Done
                || !(IsLetter(rune) || (at > 0 && Rune.IsDigit(rune))))
            {
                return false;
            }

            at += used;
        }

        return true;
    }

    /// <summary>The length, in UTF-16 code units, of the longest label name that is printed.</summary>
    public const int MaxLabelLength = 1024;

    /// <summary>How tightly the operator binds; more is tighter.</summary>
    internal static int PrecedenceOf(LogQlOperator logQlOperator) => logQlOperator switch
    {
        LogQlOperator.Or => 1,
        LogQlOperator.And or LogQlOperator.Unless => 2,
        LogQlOperator.Add or LogQlOperator.Subtract => 4,
        LogQlOperator.Multiply or LogQlOperator.Divide or LogQlOperator.Modulo => 5,
        LogQlOperator.Power => 6,
        _ => 3,
    };

    internal static bool IsLetter(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune);

    internal static bool TryFind(ReadOnlySpan<char> word, out LogQlTokenKind kind, out int index)
    {
        var found = BySpan.TryGetValue(word, out var entry);
        (kind, index) = entry;
        return found;
    }

    /// <summary>Words that are functions only in front of a parenthesis (or of by and without), and may name labels elsewhere.</summary>
    internal static bool IsCallOnly(LogQlTokenKind kind) =>
        kind is LogQlTokenKind.RangeFunction or LogQlTokenKind.VectorFunction or LogQlTokenKind.Conversion or LogQlTokenKind.Vector or LogQlTokenKind.Ip;

    internal static IEnumerable<string> Functions => [.. RangeFunctions, .. VectorFunctions, "label_replace", "vector"];

    private static Dictionary<string, (LogQlTokenKind Kind, int Index)> Words()
    {
        var words = new Dictionary<string, (LogQlTokenKind Kind, int Index)>
        {
            ["by"] = (LogQlTokenKind.By, 0),
            ["without"] = (LogQlTokenKind.Without, 0),
            ["bool"] = (LogQlTokenKind.Bool, 0),
            ["offset"] = (LogQlTokenKind.Offset, 0),
            ["on"] = (LogQlTokenKind.On, 0),
            ["ignoring"] = (LogQlTokenKind.Ignoring, 0),
            ["group_left"] = (LogQlTokenKind.GroupLeft, 0),
            ["group_right"] = (LogQlTokenKind.GroupRight, 0),
            ["unwrap"] = (LogQlTokenKind.Unwrap, 0),
            ["json"] = (LogQlTokenKind.Json, 0),
            ["regexp"] = (LogQlTokenKind.Regexp, 0),
            ["logfmt"] = (LogQlTokenKind.Logfmt, 0),
            ["unpack"] = (LogQlTokenKind.Unpack, 0),
            ["pattern"] = (LogQlTokenKind.Pattern, 0),
            ["line_format"] = (LogQlTokenKind.LineFormat, 0),
            ["label_format"] = (LogQlTokenKind.LabelFormat, 0),
            ["decolorize"] = (LogQlTokenKind.Decolorize, 0),
            ["drop"] = (LogQlTokenKind.Drop, 0),
            ["keep"] = (LogQlTokenKind.Keep, 0),
            ["label_replace"] = (LogQlTokenKind.LabelReplace, 0),
            ["ip"] = (LogQlTokenKind.Ip, 0),
            ["vector"] = (LogQlTokenKind.Vector, 0),
        };
        Add(words, RangeFunctions, LogQlTokenKind.RangeFunction, 0);
        Add(words, VectorFunctions, LogQlTokenKind.VectorFunction, 0);
        Add(words, Operators.AsSpan(0, 3), LogQlTokenKind.Operator, 0);
        Add(words, Conversions.AsSpan(1), LogQlTokenKind.Conversion, 1);
        return words;
    }

    private static void Add(Dictionary<string, (LogQlTokenKind Kind, int Index)> words, ReadOnlySpan<string> names, LogQlTokenKind kind, int first)
    {
        for (var i = 0; i < names.Length; i++)
        {
            words[names[i]] = (kind, i + first);
        }
    }
}
