namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>What is known of a part of a regular expression; enough to know the whole.</summary>
/// <param name="Cost">States, never more than <see cref="MaxCost"/>.</param>
/// <param name="Nullable">Matches the empty text.</param>
/// <param name="Repeat">The product of the counted repetitions nested within, at least 1; Go refuses more than 1000.</param>
/// <param name="Wildcards">Unlimited repetitions of anything.</param>
/// <param name="LeadingWildcard">Begins with one.</param>
/// <param name="Broad">One character of nearly all that there are.</param>
internal readonly record struct Re2Node(long Cost, bool Nullable, int Repeat, int Wildcards, bool LeadingWildcard, bool Broad)
{
    internal const long MaxCost = 1L << 40;

    internal static readonly Re2Node Empty = new(0, true, 1, 0, false, false);

    internal static readonly Re2Node Character = new(1, false, 1, 0, false, false);

    internal static readonly Re2Node Anything = new(1, false, 1, 0, false, true);

    /// <summary>An assertion: the begin or end of the text, or no word boundary, all true in the empty text; or a word boundary, which is not.</summary>
    internal static Re2Node Assertion(bool trueInEmptyText) => new(1, trueInEmptyText, 1, 0, false, false);

    internal Re2Node Then(Re2Node next) => new(
        Math.Min(MaxCost, Cost + next.Cost), Nullable && next.Nullable, Math.Max(Repeat, next.Repeat), Wildcards + next.Wildcards,
        LeadingWildcard || (Nullable && Cost <= 1 && next.LeadingWildcard), false);

    internal Re2Node Or(Re2Node other) => new(
        Math.Min(MaxCost, Cost + other.Cost + 1), Nullable || other.Nullable, Math.Max(Repeat, other.Repeat), Wildcards + other.Wildcards,
        LeadingWildcard || other.LeadingWildcard, Broad && other.Broad);

    /// <summary>Repeated from <paramref name="min"/> to <paramref name="max"/> times, -1 for without end.</summary>
    internal Re2Node Times(int min, int max, bool counted)
    {
        var copies = max < 0 ? Math.Max(1, min) : max;
        var wild = max < 0 && (Broad || LeadingWildcard);
        return new Re2Node(
            Math.Min(MaxCost, (Cost * Math.Max(1, copies)) + 1),
            min == 0 || Nullable,
            counted ? (int)Math.Min(int.MaxValue, (long)Repeat * Math.Max(1, max < 0 ? min : max)) : Repeat,
            Wildcards + (wild ? 1 : 0),
            LeadingWildcard || wild,
            false);
    }
}
