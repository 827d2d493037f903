namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>
/// What a regular expression is before it is sent to a program written in Go: whether that program takes it (RE2 syntax as Go's regexp package has it:
/// no look-around, no back-references, at most 1000 repetitions), what it costs and whether it matches the empty text.
/// Time and memory grow with the pattern's length only; nothing is matched here.
/// Source: the syntax page of Go's package regexp/syntax, with the Perl flags that regexp.Compile sets.
/// </summary>
public sealed record Re2Syntax
{
    /// <summary>A pattern longer than this, in UTF-16 code units, is refused. Prometheus has no such limit; nobody writes one.</summary>
    public const int MaxLength = 20_000;

    /// <summary>Groups within groups. Go allows 1000 levels of everything; nobody writes that many, and ours are bounded by the stack.</summary>
    internal const int MaxNesting = 200;

    internal const int MaxRepeat = 1000;

    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("\\.+*?()|[]{}^$");

    /// <summary>
    /// An estimate of the states that a matcher holds: one for a character or class, two for an alternative or a loop, a repetition by number as often as it says.
    /// A program that runs in linear time takes at most this many steps for each character.
    /// </summary>
    public required long Cost { get; init; }

    /// <summary>Whether the empty text matches the whole expression: a selector with it alone would select everything.</summary>
    public required bool MatchesEmpty { get; init; }

    /// <summary>The text that the expression stands for when it is only characters (escaped or not), so that it equals a plain comparison; else null.</summary>
    public string? Literal { get; init; }

    /// <summary>How often "anything" (a dot or a class of nearly all characters) is repeated without an end: <c>.*</c>, <c>[^x]+</c>.</summary>
    public int Wildcards { get; init; }

    /// <summary>The expression begins with an unlimited repetition, so that no index helps.</summary>
    public bool LeadingWildcard { get; init; }

    /// <summary>How many given characters any text that matches has at least: 5 for <c>node_.*</c>, 0 for <c>[a-z]+</c>.</summary>
    public int MinLiterals { get; init; }

    /// <summary>Nothing but given texts, as in <c>api|web(-canary)?</c>.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether it names what it selects: a list of texts, or at least three given characters in every alternative. <c>.+</c> and its disguises do not.</summary>
    public bool IsSelective => !MatchesEmpty && (IsList || MinLiterals >= 3);

    /// <summary>A pattern that matches exactly this text.</summary>
    public static string Escape(string text)
    {
        var at = text.AsSpan().IndexOfAny(Special);
        if (at < 0)
        {
            return text;
        }

        var escaped = new System.Text.StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            escaped.Append(Special.Contains(c) ? "\\" : "").Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>Reads the pattern.</summary>
    /// <param name="syntax">What is known of it; null when it is refused.</param>
    /// <param name="problem">Why it is refused, in words for a person.</param>
    /// <param name="span">The part of <paramref name="pattern"/> that is wrong.</param>
    /// <param name="angleNames">Whether <c>(?&lt;name&gt;...)</c> may be written beside <c>(?P&lt;name&gt;...)</c>: Go has it since 1.22.</param>
    public static bool TryParse(string pattern, out Re2Syntax? syntax, out string problem, out SourceSpan span, bool angleNames = true)
    {
        syntax = null;
        span = default;
        if (pattern.Length > MaxLength)
        {
            problem = $"the regular expression has {pattern.Length} characters; at most {MaxLength} are taken";
            span = new SourceSpan(0, pattern.Length);
            return false;
        }

        var reader = new Re2Reader(pattern, angleNames);
        syntax = reader.Read(out problem, out span);
        return syntax is not null;
    }
}
