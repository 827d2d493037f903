using System.Buffers;
using System.Collections.Frozen;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Tells a secret from a stand-in for one, from a reference to one, and from words.</summary>
internal static class SecretValues
{
    // Longer values are judged by their beginning, so that the cost of a judgement is bounded.
    private const int Judged = 512;

    private static readonly SearchValues<string> StandIns = SearchValues.Create(
        ["your", "changeme", "change_me", "change-me", "placeholder", "redacted", "dummy", "replace", "xxxx", "****", "....", "<secret", "insert_", "sample", "_here"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> References = SearchValues.Create(
        ["{{", "${", "$(", "#{", "@Microsoft.KeyVault", "secretsmanager:", "vault:", "op://", "ref+", "ENC[", "<%", "%{", "process.env", "os.environ", "os.getenv", "getenv("], StringComparison.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words = new[]
    {
        "password", "passwd", "passphrase", "pass", "secret", "token", "username", "user", "test", "null", "none", "nil", "true", "false", "undefined", "string", "required", "optional", "empty",
        "default", "hidden", "unknown", "disabled", "enabled", "yes", "no", "invalid", "missing", "expired", "incorrect", "failed", "int", "bool", "boolean", "text", "value", "prompt", "file", "env", "api_key", "apikey",
        "key", "accepted", "rejected", "wrong", "bearer", "basic", "digest", "negotiate", "authentication", "authorization", "auth", "set", "unset", "not", "for", "is", "was", "and", "the", "changed", "mypassword", "any",
        "access_token", "refresh_token", "client_secret", "number", "object", "array", "const", "static", "final", "private", "public", "new", "return", "self", "this", "var", "let", "str", "bytes", "uuid", "n/a", "anonymous",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> Marks = SearchValues.Create("-_./:+=~@ |,;()[]{}#");

    /// <summary>Nothing to hide: a stand-in such as xxxx or &lt;password&gt;, a reference such as ${NAME}, a word such as null, or what masking left.</summary>
    public static bool IsStandIn(ReadOnlySpan<char> value)
    {
        var trimmed = value.Trim();
        if (trimmed.Length == 0 || IsMarker(trimmed) || Words.Contains(trimmed) || IsFiller(trimmed))
        {
            return true;
        }

        var head = trimmed[..Math.Min(trimmed.Length, Judged)];
        return ((head[0], head[^1]) is ('<', '>') or ('[', ']') or ('{', '}') or ('%', '%') or ('`', '`') or ('(', ')') or ('_', '_') && !IsRandom(head[1..^1]))
            || (head[0] == '{' && head.IndexOf('(') > 0)
            || (head[0] is '<' or '`' && head.Length < 40)
            || (head[0] is '$' && IsName(head[1..])) || (head[0] is '$' && head.Length <= 2)
            || head.EndsWith("...") || head.EndsWith("…")
            || head.ContainsAny(References) || head.ContainsAny(StandIns);
    }

    /// <summary>What masking puts in the place of a secret.</summary>
    public static bool IsMarker(ReadOnlySpan<char> value) => value.StartsWith("[masked", StringComparison.Ordinal) && value.IndexOf(']') == value.Length - 1;

    /// <summary>At most two different letters or digits, or a run of x: nobody's secret.</summary>
    public static bool IsFiller(ReadOnlySpan<char> value)
    {
        var head = value[..Math.Min(value.Length, Judged)];
        if (head.IndexOf("xxxx", StringComparison.OrdinalIgnoreCase) >= 0)
        {
            return true;
        }

        UInt128 seen = 0;
        foreach (var c in head)
        {
            if (c >= 128)
            {
                return false;
            }

            seen |= char.IsAsciiLetterOrDigit(c) ? UInt128.One << c : 0;
        }

        var letters = UInt128.PopCount(seen);
        return letters <= 1 || (letters <= 2 && head.Length > 3) || (letters <= 4 && head.Length >= 16) || (head.Length >= 24 && IsMostlyOne(head));
    }

    private static bool IsMostlyOne(ReadOnlySpan<char> text)
    {
        var (run, longest) = (1, 1);
        for (var i = 1; i < text.Length; i++)
        {
            run = text[i] == text[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        return longest * 2 >= text.Length;
    }

    /// <summary>Letters, digits and underscores that begin with no digit.</summary>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-' or ' ' or ':'))
            {
                return false;
            }
        }

        return text.Length > 0 && !char.IsAsciiDigit(text[0]);
    }

    /// <summary>An unquoted value that is program code: a call, an index, a member such as var.password.</summary>
    public static bool IsCode(ReadOnlySpan<char> value)
    {
        var head = value[..Math.Min(value.Length, Judged)].TrimStart('$');
        var name = 0;
        while (name < head.Length && (char.IsAsciiLetterOrDigit(head[name]) || head[name] is '_' or '.'))
        {
            name++;
        }

        if (name == 0 || char.IsAsciiDigit(head[0]))
        {
            return value[0] == '(';
        }

        if (name < head.Length)
        {
            return head[name] is '(' or '[' or '{' || head[name..].StartsWith("::") || head[name..].StartsWith("->");
        }

        // A member access: parts that are words.
        return head.IndexOf('.') is var dot and > 0 && dot < head.Length - 1 && IsWordy(head[..dot]) && IsWordy(head[(head.LastIndexOf('.') + 1)..]);
    }

    /// <summary>A file name, a path or an address, not a secret.</summary>
    public static bool IsLocation(ReadOnlySpan<char> value)
    {
        var head = value[..Math.Min(value.Length, Judged)];
        if (head.IndexOf("://") >= 0 || head.StartsWith("./") || head.StartsWith("../") || head.StartsWith("~/") || (head.Length > 2 && head[1] == ':' && head[2] is '\\' or '/' && head.Length > 2))
        {
            return true;
        }

        if (head[0] == '/')
        {
            return head.Count('/') > 1 || head.Length < 20;
        }

        var dot = head.LastIndexOf('.');
        return dot > 0 && head.Length - dot is 4 or 5 && head[(dot + 1)..] is "pem" or "key" or "cer" or "crt" or "p12" or "pfx" or "json" or "yaml" or "yml" or "txt" or "html" or "conf" or "env" or "jks";
    }

    /// <summary>Most of it is neither words nor plain numbers: what a generator of keys writes.</summary>
    public static bool IsRandom(ReadOnlySpan<char> value)
    {
        var head = value[..Math.Min(value.Length, Judged)];
        if (IsUuid(head))
        {
            return true;
        }

        var random = 0;
        var total = 0;
        while (head.Length > 0)
        {
            var end = head.IndexOfAny(Marks);
            var part = end < 0 ? head : head[..end];
            head = end < 0 ? [] : head[(end + 1)..];
            total += part.Length;
            random += part.Length > 0 && !IsWordy(part) && !IsFiller(part) ? part.Length : 0;
        }

        return random >= 8 && random * 5 >= total * 2;
    }

    /// <summary>Long, of all kinds of letters and digits, without the joints of names: base64 of something that is no text.</summary>
    public static bool IsDense(ReadOnlySpan<char> value)
    {
        var head = value[..Math.Min(value.Length, Judged)];
        return head.Length >= 30 && head.ContainsAnyInRange('0', '9') && head.ContainsAnyInRange('a', 'z') && head.ContainsAnyInRange('A', 'Z') && head.IndexOfAny("._-: ") < 0;
    }

    public static bool IsUuid(ReadOnlySpan<char> value) => value.Length == 36 && value[8] == '-' && value[13] == '-' && value[18] == '-' && value[23] == '-';

    /// <summary>Words in any common case, perhaps with a number at an end (oauth2, Ed25519), or a number.</summary>
    private static bool IsWordy(ReadOnlySpan<char> part)
    {
        int toDigit = 0, toLetter = 0, toUpper = 0, toLower = 0, digits = 0, other = 0, vowels = 0;
        for (var i = 0; i < part.Length; i++)
        {
            var c = part[i];
            var before = i == 0 ? '\0' : part[i - 1];
            digits += char.IsAsciiDigit(c) ? 1 : 0;
            other += c is '_' || char.IsAsciiLetterOrDigit(c) ? 0 : 1;
            vowels += (c | 0x20) is 'a' or 'e' or 'i' or 'o' or 'u' or 'y' ? 1 : 0;
            toDigit += char.IsAsciiDigit(c) && char.IsAsciiLetter(before) ? 1 : 0;
            toLetter += char.IsAsciiLetter(c) && char.IsAsciiDigit(before) ? 1 : 0;
            toUpper += char.IsAsciiLetterUpper(c) && char.IsAsciiLetterLower(before) ? 1 : 0;
            toLower += char.IsAsciiLetterLower(c) && char.IsAsciiLetterUpper(before) ? 1 : 0;
        }

        var letters = part.Length - digits - other;
        if (other > 0)
        {
            return false;
        }

        if (digits == part.Length)
        {
            return digits <= 20;
        }

        // Generated keys change between letters and digits, and between cases, much more often than words do.
        return toDigit + toLetter <= (part.Length < 8 ? 2 : 1) && digits <= 6
            && (letters < 16 || vowels * 6 >= letters) && Math.Max(toUpper, toLower) * 4 <= letters + 4 && (letters < 40 || toUpper > 0);
    }
}
