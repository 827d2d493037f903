namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>A stretch of a query's text: UTF-16 code units, counted from 0.</summary>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The first position behind the stretch.</summary>
    public int End => Start + Length;

    public static SourceSpan Between(int start, int end) => new(start, Math.Max(0, end - start));

    /// <summary>From the start of this stretch to the end of <paramref name="other"/>.</summary>
    public SourceSpan To(SourceSpan other) => Between(Start, other.End);
}
