using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Passwords in the short flags of well-known programs: curl -u user:password, mysql -ppassword, sshpass -p password, redis-cli -a password.</summary>
internal static class CommandLines
{
    private static readonly SearchValues<string> Programs = SearchValues.Create(["curl", "mysql", "sshpass", "redis-cli", "ldap", "docker login", "wget", "mongosh", "rabbitmqadmin", "smbclient"], StringComparison.Ordinal);
    private static readonly SearchValues<char> ValueEnd = SearchValues.Create(" \t\r\n\\");

    public static void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        if (!found.Wants(SensitiveData.Authorization) || text.IndexOfAny(Programs) is not (var at and >= 0))
        {
            return;
        }

        var rest = text[at..];
        if (rest.StartsWith("curl") || rest.StartsWith("wget"))
        {
            foreach (var flag in (ReadOnlySpan<string>)[" -u", " --user", " --proxy-user", " -U"])
            {
                Users(text, at, flag, ref found);
            }
        }
        else
        {
            var flag = rest.StartsWith("redis-cli") ? " -a" : rest.StartsWith("ldap") ? " -w" : " -p";
            Passwords(text, at, flag, attached: rest.StartsWith("mysql"), ref found);
        }
    }

    private static void Users(ReadOnlySpan<char> text, int from, string flag, ref Findings found)
    {
        while (text[from..].IndexOf(flag, StringComparison.Ordinal) is var hit and >= 0)
        {
            var at = from + hit + flag.Length;
            from = at;
            if (at >= text.Length || (text[at] is not (' ' or '=' or '\'' or '"') && flag.Length > 3))
            {
                continue;
            }

            at += text[at..].IndexOfAnyExcept(" =") is var skip and > 0 ? skip : 0;
            var length = Word(text[at..]);
            var pair = text.Slice(at, length);
            var colon = pair.IndexOf(':');
            if (colon < 0 || pair[0] is '-' or '<')
            {
                continue;
            }

            var user = pair[..colon].Trim("\"'");
            var password = pair[(colon + 1)..].Trim("\"'");
            var secret = password.Length >= 3 && !SecretValues.IsStandIn(password) ? password : password.IsEmpty && user.Length >= 8 && SecretValues.IsRandom(user) ? user : [];
            if (!secret.IsEmpty && !secret.SequenceEqual(password.IsEmpty ? [] : user) && secret[0] is not ('$' or '<' or '{') || (secret.Length > 8 && secret[0] == '{' && secret[1] != '{'))
            {
                found.Add(at + pair.IndexOf(secret), secret.Length, SensitiveData.Authorization);
            }

            from = at + length;
        }
    }

    private static void Passwords(ReadOnlySpan<char> text, int from, string flag, bool attached, ref Findings found)
    {
        var hit = text[from..].IndexOf(flag, StringComparison.Ordinal);
        var at = from + hit + flag.Length;
        if (hit < 0 || at >= text.Length || (text[at] == ' ') == attached)
        {
            return;
        }

        at += attached ? 0 : text[at..].IndexOfAnyExcept(' ') is var skip and > 0 ? skip : 0;
        var length = Word(text[at..]);
        var value = text.Slice(at, length).Trim("\"'");
        if (value.Length >= 4 && value[0] is not ('$' or '-') && !SecretValues.IsStandIn(value))
        {
            found.Add(at + text.Slice(at, length).IndexOf(value), value.Length, SensitiveData.Authorization);
        }
    }

    /// <summary>The length of a shell's word, quotes in it included.</summary>
    private static int Word(ReadOnlySpan<char> text)
    {
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n' || (quote == '\0' && ValueEnd.Contains(c)))
            {
                return i;
            }

            quote = quote == '\0' && c is '"' or '\'' ? c : c == quote ? '\0' : quote;
        }

        return text.Length;
    }
}
