namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>What stands behind <c>(?</c>: a name, flags, or nothing but a colon.</summary>
internal sealed partial class Re2Reader
{
    /// <summary>Reads behind <c>(?</c> up to the colon, the closing angle or the parenthesis that ends flags for the rest of the group.</summary>
    private bool TryGroupHead(int start, out bool onlyFlags)
    {
        onlyFlags = false;
        var rest = pattern.AsSpan(at);
        if (rest.StartsWith("?P<") || (angleNames && rest.StartsWith("?<") && !rest.StartsWith("?<=") && !rest.StartsWith("?<!")))
        {
            return TryName(start, rest[1] == 'P' ? 3 : 2);
        }

        if (rest.StartsWith("?=") || rest.StartsWith("?!") || rest.StartsWith("?<"))
        {
            Fail("look-ahead, look-behind and other names than (?P<name>...) are not in RE2, which Prometheus and Loki use", start, at + 2);
            return false;
        }

        return TryFlags(start, out onlyFlags);
    }

    private bool TryName(int start, int skip)
    {
        var begin = at + skip;
        var length = pattern.AsSpan(begin).IndexOf('>');
        var name = length < 0 ? "" : pattern.Substring(begin, length);
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            Fail("a group's name is letters, digits and underscores between < and >", start, length < 0 ? pattern.Length : begin + length + 1);
            return false;
        }

        at = begin + length + 1;
        return true;
    }

    private bool TryFlags(int start, out bool onlyFlags)
    {
        onlyFlags = false;
        var (minus, sawFlag) = (false, false);
        for (at++; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case 'i' or 'm' or 's' or 'U':
                    sawFlag = true;
                    break;
                case '-' when !minus:
                    minus = true;
                    sawFlag = false;
                    break;
                case ':' or ')' when !minus || sawFlag:
                    onlyFlags = pattern[at] == ')';
                    at++;
                    return true;
                default:
                    Fail("behind (? stand flags (i, m, s, U), a colon or P<name>", start, at + 1);
                    return false;
            }
        }

        Fail("the group that begins here is not closed; a ')' is missing", start, start + 1);
        return false;
    }
}
