using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Values whose name tells that they are secret: of environment files, JSON, YAML, XML, queries, command lines, program code, headers and sentences.</summary>
internal static class NamedSecrets
{
    private const int MaxName = 96;
    private const int MaxGap = 80;

    private static readonly SearchValues<string> Hints = SearchValues.Create(
        ["pass", "pwd", "secret", "token", "key", "auth", "cred", "cookie", "jwt", "sig=", "signature=", "login", "access", "client", "bundle_", "otp", "sas"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    /// <summary>Whether a name that tells may be in the text.</summary>
    public static bool MayTell(ReadOnlySpan<char> text) => text.ContainsAny(Hints);

    public static void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        if (!found.Wants(SensitiveData.NamedSecret | SensitiveData.Authorization))
        {
            return;
        }

        var from = 0;
        while (text[from..].IndexOfAny(Hints) is var hit and >= 0)
        {
            hit += from;
            var (start, end) = Name(text, hit);
            from = Math.Min(text.Length, Math.Max(Math.Max(end, hit + 3), Examine(text, start, end, ref found)));
        }
    }

    /// <summary>Examines one name; returns the end of what was masked, or 0.</summary>
    private static int Examine(ReadOnlySpan<char> text, int start, int end, ref Findings found)
    {
        var name = text[start..end];
        if (name.EndsWith("secret", StringComparison.OrdinalIgnoreCase) || name.EndsWith("secrets", StringComparison.OrdinalIgnoreCase))
        {
            KubernetesSecrets.Find(text, start, end, ref found);
        }

        // Most names in a text have no value: to see that is cheaper than to judge the name.
        if (!Assignment.TryRead(text, start, end, MaxGap, out var value))
        {
            return 0;
        }

        var strength = Strength(text, start, name);
        if (strength == NameStrength.None)
        {
            return name.EndsWith("cookie", StringComparison.OrdinalIgnoreCase) ? Cookie(text, end, ref found) : name.StartsWith("BUNDLE_") ? Bundle(text, value, name, ref found) : 0;
        }

        var kind = name.EndsWith("authorization", StringComparison.OrdinalIgnoreCase) ? SensitiveData.Authorization : SensitiveData.NamedSecret;
        var (at, length) = Schemes.Skip(text, value.Start, value.Length, value.Quoted);
        // Whatever stands in an Authorization header is a credential, unless it is a word.
        var scheme = at != value.Start || (kind == SensitiveData.Authorization && !value.Loose && text.Slice(at, length).ContainsAnyInRange('0', '9'));
        if (!IsSecret(text.Slice(at, length), name, strength, value, scheme))
        {
            return 0;
        }

        var stop = length >= Assignment.MaxBare && !value.Quoted ? Assignment.End(text, at + length) : at + length;
        found.Add(at, stop - at, kind);
        return stop;
    }

    /// <summary>Whether a value with such a name is hidden when both arrive apart, as a metric's label or a field of JSON does.</summary>
    public static bool IsSecret(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        var strength = SecretNames.Judge(name);
        return strength != NameStrength.None && IsSecret(value, name, strength, new Value { Quoted = true }, scheme: false);
    }

    private static bool IsSecret(ReadOnlySpan<char> value, ReadOnlySpan<char> name, NameStrength strength, Value read, bool scheme)
    {
        if (value.Length < 4 || SecretValues.IsStandIn(value) || (!read.Quoted && SecretValues.IsCode(value)))
        {
            return false;
        }

        if (strength == NameStrength.Password)
        {
            return !(value[0] == '/' && SecretValues.IsLocation(value)) && (!read.Loose || SecretValues.IsRandom(value) || value.ContainsAnyInRange('0', '9') || value.ContainsAny(Characters.Symbols));
        }

        if (value.Length < 8 || (!scheme && (value.ContainsAny(" \t\n") || SecretValues.IsLocation(value))))
        {
            return false;
        }

        if (strength == NameStrength.Weak)
        {
            var vendor = SecretNames.NamesVendor(name);
            return !read.Loose && value.Length >= (vendor ? 12 : 16) && SecretValues.IsRandom(value) && (vendor || (!SecretValues.IsUuid(value) && Distinct(value) >= 10)) && value.IndexOf("abcdefgh", StringComparison.OrdinalIgnoreCase) < 0;
        }

        return SecretValues.IsRandom(value) || scheme || SecretValues.IsDense(value) || (!read.Loose && value.IndexOfAny(Characters.Joints) < 0
            && ((Characters.CountDigits(value) is >= 3 and var digits && digits < value.Length) || (name.EndsWith("secret", StringComparison.OrdinalIgnoreCase) && value.Length >= 10)));
    }

    private static NameStrength Strength(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> name)
    {
        // A signature grants access in a URL only, where it stands alone (RFC 3986 query of a presigned or shared-access URL).
        if (start > 0 && text[start - 1] is '?' or '&' && (name.Equals("sig", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-signature", StringComparison.OrdinalIgnoreCase)))
        {
            return NameStrength.Secret;
        }

        var strength = SecretNames.Judge(name);
        if (strength == NameStrength.Weak && name.Length <= 4 && start > 1 && text[start - 1] == ' ')
        {
            // "api key: ..." in a sentence: the word before belongs to the name.
            var (before, end) = Name(text, start - 2);
            if (end == start - 1 && before < end)
            {
                return SecretNames.Judge($"{text[before..end]}_{name}");
            }
        }

        return strength;
    }

    private static int Cookie(ReadOnlySpan<char> text, int end, ref Findings found)
    {
        if (end >= text.Length || text[end..].TrimStart("\"' ") is not [':', ..])
        {
            return 0;
        }

        var colon = end + text[end..].IndexOf(':') + 1;
        var line = text[colon..];
        var start = colon + line.Length - line.TrimStart(" \"'").Length;
        var stop = text[start..].IndexOfAny("\"'\n\r");
        var length = stop < 0 ? text.Length - start : stop;
        if (length < 8 || text.Slice(start, length).IndexOf('=') < 0)
        {
            return 0;
        }

        found.Add(start, length, SensitiveData.Authorization);
        return start + length;
    }

    /// <summary>Bundler keeps user:password of a gem server in BUNDLE_ and the server's name.</summary>
    private static int Bundle(ReadOnlySpan<char> text, Value value, ReadOnlySpan<char> name, ref Findings found)
    {
        var secret = text.Slice(value.Start, value.Length);
        if (secret.IndexOf(':') <= 0 || name.IndexOf("__") < 0 || SecretValues.IsLocation(secret) || SecretValues.IsStandIn(secret))
        {
            return 0;
        }

        found.Add(value.Start, value.Length, SensitiveData.NamedSecret);
        return value.Start + value.Length;
    }

    private static (int Start, int End) Name(ReadOnlySpan<char> text, int inside)
    {
        var floor = Math.Max(0, inside - MaxName);
        var start = floor + text[floor..inside].LastIndexOfAnyExcept(NameChars) + 1;
        var ahead = text[inside..Math.Min(text.Length, inside + MaxName)];
        var length = ahead.IndexOfAnyExcept(NameChars);
        var end = inside + (length < 0 ? ahead.Length : length);
        // Dashes of a flag and a backslash's letter (\npassword=) are not the name's.
        while (start < end && text[start] is '-' or '.')
        {
            start++;
        }

        return (start > 0 && start < end && text[start - 1] == '\\' && text[start] is 'n' or 'r' or 't' ? start + 1 : start, end);
    }

    private static int Distinct(ReadOnlySpan<char> value)
    {
        UInt128 seen = 0;
        foreach (var c in value[..Math.Min(value.Length, 256)])
        {
            seen |= UInt128.One << (c & 127);
        }

        return (int)UInt128.PopCount(seen);
    }
}
