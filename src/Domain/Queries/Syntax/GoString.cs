using System.Globalization;
using System.Text;

namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>
/// String literals of the Go language, as PromQL and LogQL have them: <c>"..."</c> and <c>'...'</c> with escapes, <c>`...`</c> without.
/// A Go string is bytes: a byte written as <c>\xff</c> that is no part of valid UTF-8 is kept as the lone surrogate U+DC00 + byte (U+DC80 to U+DCFF)
/// and written back as the same escape, so that reading and writing lose nothing.
/// </summary>
public static class GoString
{
    /// <summary>Reads the literal that begins at <paramref name="start"/>, where one of the three quotes stands.</summary>
    /// <param name="end">The position behind the closing quote; where reading stopped when the result is false.</param>
    /// <param name="problem">What is wrong; empty when the result is true.</param>
    /// <param name="span">The wrong part of <paramref name="text"/>.</param>
    public static bool TryRead(string text, int start, out int end, out string value, out string problem, out SourceSpan span) =>
        text[start] == '`'
            ? TryReadRaw(text, start, out end, out value, out problem, out span)
            : new GoStringReader(text, start).TryRead(out end, out value, out problem, out span);

    /// <summary>Unquotes a text that is one literal and nothing else.</summary>
    public static bool TryUnquote(string literal, out string value, out string problem)
    {
        value = "";
        if (literal.Length < 2 || literal[0] is not ('"' or '\'' or '`'))
        {
            problem = "a string stands in double quotes, single quotes or backticks";
            return false;
        }

        if (!TryRead(literal, 0, out var end, out value, out problem, out _))
        {
            return false;
        }

        problem = end == literal.Length ? "" : "something follows the closing quote";
        return problem.Length == 0;
    }

    /// <summary>The literal in double quotes. It holds no line break, no quote that is not escaped and no character that cannot be seen.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        AppendQuoted(text, value);
        return text.ToString();
    }

    public static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        var rest = value.AsSpan();
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAnyExcept(Plain);
            if (plain != 0)
            {
                text.Append(plain < 0 ? rest : rest[..plain]);
                rest = plain < 0 ? default : rest[plain..];
                continue;
            }

            var status = Rune.DecodeFromUtf16(rest, out var rune, out var used);
            if (status == System.Buffers.OperationStatus.Done)
            {
                AppendEscaped(text, rune);
            }
            else
            {
                text.Append(IsByte(rest[0]) ? $"\\x{rest[0] - 0xDC00:x2}" : "\\ufffd");
            }

            rest = rest[used..];
        }

        text.Append('"');
    }

    /// <summary>Whether the value is valid Unicode: no lone surrogate, and so no byte that is no UTF-8.</summary>
    public static bool IsWellFormed(string value) => ReferenceEquals(WellFormed(value), value);

    /// <summary>The value with every lone surrogate replaced by U+FFFD: what a string from outside is before it becomes part of a query.</summary>
    public static string WellFormed(string value)
    {
        var at = 0;
        while (at < value.Length && Rune.DecodeFromUtf16(value.AsSpan(at), out _, out var used) == System.Buffers.OperationStatus.Done)
        {
            at += used;
        }

        return at == value.Length ? value : string.Concat(value.EnumerateRunes());
    }

    /// <summary>Whether a lone surrogate stands for a byte that is no UTF-8.</summary>
    private static bool IsByte(char c) => c is >= '\uDC80' and <= '\uDCFF';

    private static readonly System.Buffers.SearchValues<char> Plain = System.Buffers.SearchValues.Create(
        string.Concat(Enumerable.Range(' ', 95).Where(c => c is not ('"' or '\\')).Select(c => (char)c)));

    private static void AppendEscaped(StringBuilder text, Rune rune)
    {
        var name = rune.Value switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\a' => "\\a",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\v' => "\\v",
            _ => null,
        };
        if (name is not null)
        {
            text.Append(name);
        }
        else if (rune.Value < 0x80)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        }
        else if (rune.Value != 0xFFFD && IsSeen(Rune.GetUnicodeCategory(rune)))
        {
            text.Append(rune.ToString());
        }
        else
        {
            text.Append(rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
        }
    }

    private static bool IsSeen(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static bool TryReadRaw(string text, int start, out int end, out string value, out string problem, out SourceSpan span)
    {
        var length = text.AsSpan(start + 1).IndexOf('`');
        end = length < 0 ? text.Length : start + length + 2;
        value = length < 0 ? "" : text.Substring(start + 1, length);
        problem = "";
        span = default;
        if (length < 0)
        {
            problem = "the string that begins with a backtick here has no closing backtick";
            span = SourceSpan.Between(start, text.Length);
        }
        else if (GoStringReader.FirstInvalid(value) is var at and >= 0)
        {
            problem = GoStringReader.InvalidCharacter;
            span = new SourceSpan(start + 1 + at, 1);
        }

        return problem.Length == 0;
    }
}
