using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

public sealed partial class LogQlParser
{
    /// <summary>Stages up to what is none; in a range, the unwrap that ends them.</summary>
    private (SyntaxList<LogQlStage> Stages, LogUnwrap? Unwrap) Pipeline(bool inRange)
    {
        List<LogQlStage>? stages = null;
        while (true)
        {
            var start = token.Span.Start;
            if (Is(LogQlTokenKind.LineFilter) || token.Is(LogQlOperator.NotEqual))
            {
                (stages ??= []).Add(LineFilter());
                continue;
            }

            if (!TryTake(LogQlTokenKind.Pipe))
            {
                break;
            }

            if (Is(LogQlTokenKind.Unwrap))
            {
                return inRange
                    ? (stages is null ? [] : [.. stages], Unwrap(start))
                    : throw Error("unwrap stands only within a function over time, as in sum_over_time({app=\"shop\"} | unwrap size [5m])", token.Span);
            }

            (stages ??= []).Add(Stage() with { Span = From(start) });
        }

        return (stages is null ? [] : [.. stages], null);
    }

    private LineFilterStage LineFilter()
    {
        var sign = Take();
        var match = sign.Kind == LogQlTokenKind.LineFilter ? (LineMatch)sign.Index : LineMatch.NotContains;
        var texts = new List<LineFilterText>();
        while (true)
        {
            var start = token.Span.Start;
            if (TryTake(LogQlTokenKind.Ip))
            {
                texts.Add(new LineFilterText(IpRange(), true) { Span = From(start) });
            }
            else
            {
                texts.Add(new LineFilterText(ExpectText("a text in double quotes or backticks, or ip(\"...\"),")) { Span = before.Span });
            }

            if (!token.Is(LogQlOperator.Or))
            {
                return new LineFilterStage(match, [.. texts]) { Span = From(sign.Span.Start) };
            }

            Take();
        }
    }

    private string IpRange()
    {
        Expect(LogQlTokenKind.OpenParenthesis, "(");
        var range = ExpectText("an address, a range or a CIDR in quotes");
        Expect(LogQlTokenKind.CloseParenthesis, ")");
        return range;
    }

    private LogQlStage Stage()
    {
        var kind = token.Kind;
        if (kind is LogQlTokenKind.Identifier or LogQlTokenKind.OpenParenthesis)
        {
            return new LabelFilterStage(Filter());
        }

        if (kind is < LogQlTokenKind.Json or > LogQlTokenKind.Keep)
        {
            throw Unexpected("a stage (json, logfmt, pattern, regexp, unpack, line_format, label_format, decolorize, drop, keep) or a label filter");
        }

        Take();
        return kind switch
        {
            LogQlTokenKind.Json => new JsonStage(Is(LogQlTokenKind.Identifier) ? Extractions() : []),
            LogQlTokenKind.Logfmt => Logfmt(),
            LogQlTokenKind.Unpack => new UnpackStage(),
            LogQlTokenKind.Decolorize => new DecolorizeStage(),
            LogQlTokenKind.Regexp => Regexp(),
            LogQlTokenKind.Pattern => Pattern(),
            LogQlTokenKind.LineFormat => new LineFormatStage(ExpectText("the template of line_format, in quotes,")),
            LogQlTokenKind.LabelFormat => LabelFormats(),
            LogQlTokenKind.Drop => new DropStage(Choices()),
            _ => new KeepStage(Choices()),
        };
    }

    private LogfmtStage Logfmt()
    {
        var (strict, keepEmpty) = (false, false);
        while (Is(LogQlTokenKind.Flag))
        {
            var flag = Take();
            strict |= flag.Index == 0;
            keepEmpty |= flag.Index == 1;
        }

        return new LogfmtStage(strict, keepEmpty, Is(LogQlTokenKind.Identifier) ? Extractions() : []);
    }

    private RegexpStage Regexp()
    {
        var pattern = ExpectText("the regular expression of regexp, in quotes,");
        CheckRegex(pattern, before.Span, "the regular expression is wrong");
        return LogQlCaptures.HasNamed(pattern)
            ? new RegexpStage(pattern)
            : throw Error("the regular expression of regexp needs at least one named group, as in (?P<status>\\d+)", before.Span);
    }

    private PatternStage Pattern()
    {
        var pattern = ExpectText("the pattern of pattern, in quotes,");
        return LogQlPattern.ProblemOfParser(pattern) is { } problem ? throw Error(problem, before.Span) : new PatternStage(pattern);
    }

    private SyntaxList<LabelExtraction> Extractions()
    {
        var extractions = new List<LabelExtraction>();
        do
        {
            var label = ExpectLabel("a label's name");
            var start = before.Span.Start;
            var expression = TryTake(LogQlTokenKind.Assign) ? ExpectText($"where the value of {label} stands, in quotes,") : label;
            extractions.Add(new LabelExtraction(label, expression) { Span = From(start) });
        }
        while (TryTake(LogQlTokenKind.Comma));
        return [.. extractions];
    }

    private LabelFormatStage LabelFormats()
    {
        var formats = new List<LabelFormat>();
        do
        {
            var label = ExpectLabel("a label's name");
            var start = before.Span.Start;
            Expect(LogQlTokenKind.Assign, $"= behind the label {label}");
            var isRename = Is(LogQlTokenKind.Identifier);
            var value = isRename ? NameOf(Take()) : ExpectText($"a template in quotes, or the label that {label} is made of,");
            formats.Add(new LabelFormat(label, value, isRename) { Span = From(start) });
        }
        while (TryTake(LogQlTokenKind.Comma));
        return new LabelFormatStage([.. formats]);
    }

    private SyntaxList<LabelChoice> Choices()
    {
        var choices = new List<LabelChoice>();
        do
        {
            var label = Expect(LogQlTokenKind.Identifier, "a label's name");
            var matchOperator = Textual();
            var unused = false;
            var matcher = matchOperator is { } found ? Matcher(label, found, ref unused, false) : null;
            choices.Add(new LabelChoice(NameOf(label), matcher) { Span = From(label.Span.Start) });
        }
        while (TryTake(LogQlTokenKind.Comma));
        return [.. choices];
    }

    /// <summary>Takes a matcher's operator when one stands here.</summary>
    /// <remarks>Behind a label in drop and keep, <c>!=</c> and <c>!~</c> belong to the label and begin no line filter, as in Loki.</remarks>
    private MatchOperator? Textual()
    {
        MatchOperator? found = token switch
        {
            { Kind: LogQlTokenKind.Assign } => MatchOperator.Equal,
            { Kind: LogQlTokenKind.RegexMatch } => MatchOperator.RegexMatch,
            { Kind: LogQlTokenKind.LineFilter, Index: (int)LineMatch.NotRegex } => MatchOperator.RegexNoMatch,
            _ when token.Is(LogQlOperator.NotEqual) => MatchOperator.NotEqual,
            _ => null,
        };
        if (found is not null)
        {
            Take();
        }

        return found;
    }
}
