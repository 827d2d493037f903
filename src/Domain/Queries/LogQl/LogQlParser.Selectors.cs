using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

public sealed partial class LogQlParser
{
    private LogQuery LogLines()
    {
        var start = token.Span.Start;
        var selector = Selector();
        var (stages, _) = Pipeline(false);
        return new LogQuery(selector, stages) { Span = From(start) };
    }

    private StreamSelector Selector()
    {
        var open = Expect(LogQlTokenKind.OpenBrace, "{");
        var matchers = new List<MatcherSyntax>();
        var selective = false;
        if (!Is(LogQlTokenKind.CloseBrace))
        {
            do
            {
                matchers.Add(Matcher(ref selective, true));
            }
            while (TryTake(LogQlTokenKind.Comma));
        }

        Expect(LogQlTokenKind.CloseBrace, matchers.Count == 0 ? "a label's name or }" : "a comma or }");
        var span = From(open.Span.Start);
        return selective
            ? new StreamSelector([.. matchers]) { Span = span }
            : throw Error(
                "the selector needs at least one matcher that the empty value does not meet, such as app=\"shop\" or app=~\".+\"; "
                + "without one it would read every stream",
                span);
    }

    /// <summary>A label, an operator and a text.</summary>
    /// <param name="selective">Set when the empty value does not match.</param>
    private MatcherSyntax Matcher(ref bool selective, bool inSelector)
    {
        var label = Expect(LogQlTokenKind.Identifier, "a label's name");
        var matchOperator = token switch
        {
            { Kind: LogQlTokenKind.Assign } => MatchOperator.Equal,
            { Kind: LogQlTokenKind.RegexMatch } => MatchOperator.RegexMatch,
            { Kind: LogQlTokenKind.LineFilter, Index: (int)LineMatch.NotRegex } => MatchOperator.RegexNoMatch,
            _ when token.Is(LogQlOperator.NotEqual) => MatchOperator.NotEqual,
            _ => throw Unexpected($"=, !=, =~ or !~ behind the label {NameOf(label)}"),
        };
        Take();
        return Matcher(label, matchOperator, ref selective, inSelector);
    }

    private MatcherSyntax Matcher(LogQlToken label, MatchOperator matchOperator, ref bool selective, bool inSelector)
    {
        var value = ExpectText($"the text for the label {NameOf(label)}, in double quotes or backticks,");
        var matchesEmpty = matchOperator switch
        {
            MatchOperator.Equal => value.Length == 0,
            MatchOperator.NotEqual => value.Length != 0,
            _ => MatchesEmpty(value, matchOperator, inSelector),
        };
        selective |= !matchesEmpty;
        return new MatcherSyntax(NameOf(label), matchOperator, value) { Span = From(label.Span.Start) };
    }

    private bool MatchesEmpty(string pattern, MatchOperator matchOperator, bool inSelector)
    {
        var span = before.Span;
        if (inSelector && Text.AsSpan(span.Start, span.Length).Contains('\u00A0'))
        {
            throw Error("the regular expression holds a no-break space, which nearly always comes from copying; write \\u00a0 when it is meant", span);
        }

        return CheckRegex(pattern, span, "the regular expression is wrong").MatchesEmpty == (matchOperator == MatchOperator.RegexMatch);
    }

    private Re2Syntax CheckRegex(string pattern, SourceSpan span, string what) =>
        Re2Syntax.TryParse(pattern, out var syntax, out var problem, out _) ? syntax! : throw Error($"{what}: {problem}", span);
}
