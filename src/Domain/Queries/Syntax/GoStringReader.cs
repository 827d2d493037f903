using System.Text;

namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>Reads one literal in double or single quotes: the characters between them and what the escapes stand for.</summary>
internal ref struct GoStringReader(string text, int start)
{
    internal const string InvalidCharacter = "the string holds a character that is no valid Unicode; write it as an escape such as \\xff";

    private readonly char quote = text[start];
    private int at = start + 1;
    private StringBuilder? built;
    private List<byte>? bytes;
    private string trouble = "";
    private SourceSpan where;

    internal bool TryRead(out int end, out string value, out string problem, out SourceSpan span)
    {
        var from = at;
        while (trouble.Length == 0 && at < text.Length && text[at] != quote && text[at] != '\n')
        {
            if (text[at] != '\\')
            {
                at++;
                continue;
            }

            Take(from, at);
            Escape();
            from = at;
        }

        if (trouble.Length == 0 && (at >= text.Length || text[at] == '\n'))
        {
            Fail($"the string that begins here has no closing {quote}{(at < text.Length ? " on its line" : "")}", start, at);
        }

        Take(from, Math.Max(from, at));
        value = trouble.Length > 0 ? "" : built?.Append(Flushed()).ToString() ?? text[(start + 1)..at];
        end = trouble.Length > 0 ? at : at + 1;
        problem = trouble;
        span = where;
        return trouble.Length == 0;
    }

    /// <summary>The first lone surrogate or U+FFFD, which Go's decoder cannot tell from a broken byte; -1 without one.</summary>
    internal static int FirstInvalid(ReadOnlySpan<char> value)
    {
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '\uFFFD' || (char.IsSurrogate(value[at]) && !(at + 1 < value.Length && char.IsSurrogatePair(value[at], value[at + 1]))))
            {
                return at;
            }

            at += char.IsSurrogate(value[at]) ? 1 : 0;
        }

        return -1;
    }

    private void Take(int from, int to)
    {
        var plain = text.AsSpan(from, to - from);
        if (trouble.Length == 0 && FirstInvalid(plain) is var bad and >= 0)
        {
            Fail(InvalidCharacter, from + bad, from + bad + 1);
        }

        if (!plain.IsEmpty && (built is not null || to < text.Length && text[to] == '\\'))
        {
            (built ??= new StringBuilder()).Append(Flushed()).Append(plain);
        }
    }

    private void Escape()
    {
        var begin = at++;
        built ??= new StringBuilder();
        var c = at < text.Length ? text[at++] : '\0';
        var plain = c switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' => '\\',
            _ => c == quote ? c : '\0',
        };
        if (plain != '\0')
        {
            built.Append(Flushed()).Append(plain);
            return;
        }

        switch (c)
        {
            case >= '0' and <= '7':
                at--;
                AddByte(begin, Digits(begin, 3, 8));
                break;
            case 'x':
                AddByte(begin, Digits(begin, 2, 16));
                break;
            case 'u':
                AddRune(begin, Digits(begin, 4, 16));
                break;
            case 'U':
                AddRune(begin, Digits(begin, 8, 16));
                break;
            default:
                Fail(at >= text.Length && c == '\0' ? "the escape at the end of the string is not finished" : $"\\{c} is no escape; write \\\\ for a backslash", begin, at);
                break;
        }
    }

    private long Digits(int begin, int count, int numberBase)
    {
        var value = 0L;
        for (var i = 0; i < count; i++)
        {
            var digit = at < text.Length && char.IsAsciiHexDigit(text[at]) ? Convert.ToInt32(text[at].ToString(), 16) : 16;
            if (digit >= numberBase)
            {
                Fail($"the escape {text[begin..Math.Min(at + 1, text.Length)]} needs {count} {(numberBase == 8 ? "octal" : "hexadecimal")} digits", begin, Math.Min(at + 1, text.Length));
                return 0;
            }

            value = value * numberBase + digit;
            at++;
        }

        return value;
    }

    private void AddByte(int begin, long value)
    {
        if (value > 255)
        {
            Fail($"the escape {text[begin..at]} is more than a byte holds (\\377)", begin, at);
        }
        else
        {
            (bytes ??= []).Add((byte)value);
        }
    }

    private void AddRune(int begin, long value)
    {
        if (value <= int.MaxValue && Rune.IsValid((int)value))
        {
            built!.Append(Flushed()).Append(new Rune((int)value).ToString());
        }
        else
        {
            Fail($"the escape {text[begin..at]} is no Unicode code point", begin, at);
        }
    }

    /// <summary>Bytes written one by one, as text: UTF-8 where they are, and one surrogate for each that is not.</summary>
    private readonly string Flushed()
    {
        if (bytes is not { Count: > 0 })
        {
            return "";
        }

        var flushed = new StringBuilder();
        ReadOnlySpan<byte> rest = bytes.ToArray();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var used) == System.Buffers.OperationStatus.Done)
            {
                flushed.Append(rune.ToString());
            }
            else
            {
                used = 1;
                flushed.Append((char)(0xDC00 + rest[0]));
            }

            rest = rest[used..];
        }

        bytes.Clear();
        return flushed.ToString();
    }

    private void Fail(string message, int from, int to)
    {
        if (trouble.Length == 0)
        {
            trouble = message;
            where = SourceSpan.Between(from, to);
        }
    }
}
