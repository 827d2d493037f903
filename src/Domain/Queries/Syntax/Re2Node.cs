namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>What is known of a part of a regular expression; enough to know the whole.</summary>
/// <param name="Cost">States, never more than <see cref="MaxCost"/>.</param>
/// <param name="Nullable">Matches the empty text.</param>
internal readonly record struct Re2Node(long Cost, bool Nullable)
{
    internal const long MaxCost = 1L << 40;

    internal static readonly Re2Node Empty = new(0, true) { Exact = true };

    internal static readonly Re2Node Character = new(1, false) { Literals = 1, Exact = true };

    internal static readonly Re2Node Class = new(1, false);

    internal static readonly Re2Node Anything = new(1, false) { Broad = true };

    private readonly int repeatLess1;

    /// <summary>The product of the counted repetitions nested within, at least 1; Go refuses more than 1000.</summary>
    internal int Repeat
    {
        get => repeatLess1 + 1;
        init => repeatLess1 = value - 1;
    }

    /// <summary>Unlimited repetitions of anything.</summary>
    internal int Wildcards { get; init; }

    /// <summary>Begins with one.</summary>
    internal bool LeadingWildcard { get; init; }

    /// <summary>One character of nearly all that there are.</summary>
    internal bool Broad { get; init; }

    /// <summary>How many given characters any match has at least.</summary>
    internal int Literals { get; init; }

    /// <summary>Only given characters, in alternatives: a list of texts.</summary>
    internal bool Exact { get; init; }

    /// <summary>An assertion: the begin or end of the text, or no word boundary, all true in the empty text; or a word boundary, which is not.</summary>
    internal static Re2Node Assertion(bool trueInEmptyText) => new(1, trueInEmptyText) { Exact = true };

    internal Re2Node Then(Re2Node next) => new(Math.Min(MaxCost, Cost + next.Cost), Nullable && next.Nullable)
    {
        Repeat = Math.Max(Repeat, next.Repeat),
        Wildcards = Wildcards + next.Wildcards,
        LeadingWildcard = LeadingWildcard || (Nullable && next.LeadingWildcard),
        Literals = Math.Min(1000, Literals + next.Literals),
        Exact = Exact && next.Exact,
    };

    internal Re2Node Or(Re2Node other) => new(Math.Min(MaxCost, Cost + other.Cost + 1), Nullable || other.Nullable)
    {
        Repeat = Math.Max(Repeat, other.Repeat),
        Wildcards = Wildcards + other.Wildcards,
        LeadingWildcard = LeadingWildcard || other.LeadingWildcard,
        Broad = Broad || other.Broad,
        Literals = Math.Min(Literals, other.Literals),
        Exact = Exact && other.Exact,
    };

    /// <summary>Repeated from <paramref name="min"/> to <paramref name="max"/> times, -1 for without end.</summary>
    internal Re2Node Times(int min, int max, bool counted)
    {
        var copies = max < 0 ? Math.Max(1, min) : max;
        var wild = max < 0 && (Broad || LeadingWildcard);
        return new Re2Node(Math.Min(MaxCost, (Cost * Math.Max(1, copies)) + 1), min == 0 || Nullable)
        {
            Repeat = counted ? (int)Math.Min(int.MaxValue, (long)Repeat * Math.Max(1, max < 0 ? min : max)) : Repeat,
            Wildcards = Wildcards + (wild ? 1 : 0),
            LeadingWildcard = LeadingWildcard || wild,
            Literals = Math.Min(1000, Literals * min),
            Exact = Exact && min == 0 && max == 1,
        };
    }
}
