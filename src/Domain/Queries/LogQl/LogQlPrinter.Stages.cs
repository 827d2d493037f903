using System.Text;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

public static partial class LogQlPrinter
{
    /// <summary>One stage alone, with the sign that begins it.</summary>
    /// <exception cref="ArgumentException">The stage holds something that LogQL cannot say.</exception>
    public static string Print(LogQlStage stage)
    {
        var text = new StringBuilder(64);
        Append(text, stage);
        return text.ToString();
    }

    private static void Append(StringBuilder text, LogQlStage stage)
    {
        switch (stage)
        {
            case LineFilterStage filter:
                Append(text, filter);
                break;
            case LabelFilterStage filter:
                text.Append("| ");
                Append(text, filter.Filter);
                break;
            case JsonStage json:
                text.Append("| json");
                Append(text, json.Extractions);
                break;
            case LogfmtStage logfmt:
                text.Append("| logfmt").Append(logfmt.Strict ? " --strict" : "").Append(logfmt.KeepEmpty ? " --keep-empty" : "");
                Append(text, logfmt.Extractions);
                break;
            case PatternStage pattern:
                Quoted(text, "| pattern ", pattern.Pattern);
                break;
            case RegexpStage regexp:
                Quoted(text, "| regexp ", regexp.Pattern);
                break;
            case LineFormatStage format:
                Quoted(text, "| line_format ", format.Template);
                break;
            case LabelFormatStage format:
                Append(text, format);
                break;
            case DropStage drop:
                Append(text, "| drop ", drop.Labels);
                break;
            case KeepStage keep:
                Append(text, "| keep ", keep.Labels);
                break;
            case UnpackStage:
                text.Append("| unpack");
                break;
            case DecolorizeStage:
                text.Append("| decolorize");
                break;
            default:
                throw new ArgumentException($"{stage.GetType().Name} is no LogQL stage", nameof(stage));
        }
    }

    private static void Quoted(StringBuilder text, string word, string value)
    {
        text.Append(word);
        GoString.AppendQuoted(text, value);
    }

    private static void Append(StringBuilder text, LineFilterStage filter)
    {
        text.Append(LogQlWords.SignOf(filter.Match));
        Some(filter.Texts.Count);
        for (var i = 0; i < filter.Texts.Count; i++)
        {
            text.Append(i > 0 ? " or " : " ");
            Text(text, filter.Texts[i].Text, filter.Texts[i].IsIp);
        }
    }

    private static void Text(StringBuilder text, string value, bool isIp)
    {
        text.Append(isIp ? "ip(" : "");
        GoString.AppendQuoted(text, value);
        text.Append(isIp ? ")" : "");
    }

    private static void Append(StringBuilder text, SyntaxList<LabelExtraction> extractions)
    {
        for (var i = 0; i < extractions.Count; i++)
        {
            text.Append(i > 0 ? ", " : " ");
            Label(text, extractions[i].Label);
            Quoted(text, "=", extractions[i].Expression);
        }
    }

    private static void Append(StringBuilder text, LabelFormatStage format)
    {
        text.Append("| label_format ");
        Some(format.Formats.Count);
        for (var i = 0; i < format.Formats.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Label(text, format.Formats[i].Label);
            text.Append('=');
            if (format.Formats[i].IsRename)
            {
                Label(text, format.Formats[i].Value);
            }
            else
            {
                GoString.AppendQuoted(text, format.Formats[i].Value);
            }
        }
    }

    private static void Append(StringBuilder text, string word, SyntaxList<LabelChoice> choices)
    {
        text.Append(word);
        Some(choices.Count);
        for (var i = 0; i < choices.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            if (choices[i].Matcher is { } matcher)
            {
                Append(text, matcher, "");
            }
            else
            {
                Label(text, choices[i].Label);
            }
        }
    }

    private static void Append(StringBuilder text, LabelFilter filter)
    {
        switch (filter)
        {
            case LabelTextFilter textual:
                Append(text, textual.Matcher, " ");
                break;
            case LabelNumberFilter number:
                Compared(text, number.Label, number.Comparison);
                LogQlNumerals.Append(text, number.Value);
                break;
            case LabelDurationFilter duration:
                Compared(text, duration.Label, duration.Comparison);
                LogQlDuration.Append(text, duration.Nanoseconds);
                break;
            case LabelBytesFilter bytes:
                Compared(text, bytes.Label, bytes.Comparison);
                LogQlBytes.Append(text, bytes.Bytes);
                break;
            case LabelIpFilter ip:
                Label(text, ip.Label);
                text.Append(ip.Negated ? " != " : " = ");
                Text(text, ip.Range, true);
                break;
            case LabelAndFilter and:
                Append(text, and.Left, and.Left is LabelOrFilter);
                text.Append(" and ");
                Append(text, and.Right, and.Right is LabelOrFilter or LabelAndFilter);
                break;
            case LabelOrFilter or:
                Append(text, or.Left, false);
                text.Append(" or ");
                Append(text, or.Right, or.Right is LabelOrFilter);
                break;
            default:
                throw new ArgumentException($"{filter.GetType().Name} is no label filter", nameof(filter));
        }
    }

    private static void Append(StringBuilder text, LabelFilter filter, bool parentheses)
    {
        text.Append(parentheses ? "(" : "");
        Append(text, filter);
        text.Append(parentheses ? ")" : "");
    }

    private static void Compared(StringBuilder text, string label, LabelComparison comparison)
    {
        Label(text, label);
        text.Append(' ').Append(LogQlWords.SignOf(comparison)).Append(' ');
    }

    private static void Some(int count)
    {
        if (count == 0)
        {
            throw new ArgumentException("a stage has nothing to do", nameof(count));
        }
    }
}
