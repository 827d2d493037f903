using System.Buffers;
using System.Net;
using Nightwatch.Domain.Queries.Translation.Time;

namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>Cuts a question into words, numbers, quoted texts, paths, addresses and names. Never fails; what is too long is cut off.</summary>
internal static class QuestionTokenizer
{
    public const int MaxLength = 2000;
    public const int MaxTokens = 250;

    private static readonly SearchValues<char> Inside = SearchValues.Create("-_./:@%*{}$+#");
    private static readonly SearchValues<char> Trailing = SearchValues.Create(".,:;!?-/");

    private static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789.,");
    private static readonly SearchValues<char> Units = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%");

    public static IReadOnlyList<QuestionToken> Read(string question)
    {
        var text = question.Length > MaxLength ? question[..MaxLength] : question;
        var tokens = new List<QuestionToken>();
        var at = 0;
        while (at < text.Length && tokens.Count < MaxTokens)
        {
            at = char.IsWhiteSpace(text[at]) ? at + 1 : Next(text, at, tokens);
        }

        return tokens;
    }

    private static int Next(string text, int at, List<QuestionToken> tokens)
    {
        if (ClosingQuote(text, at) is var close and > 0)
        {
            if (close > at + 1)
            {
                tokens.Add(new QuestionToken(text[(at + 1)..close], TokenKind.Quoted, at));
            }

            return close + 1;
        }

        var end = at;
        while (end < text.Length && IsInside(text, end))
        {
            end++;
        }

        if (end == at)
        {
            tokens.Add(new QuestionToken(text[at].ToString(), TokenKind.Punctuation, at));
            return at + 1;
        }

        while (end > at + 1 && Trailing.Contains(text[end - 1]))
        {
            end--;
        }

        Add(text[at..end], at, tokens);
        return end;
    }

    private static void Add(string word, int at, List<QuestionToken> tokens)
    {
        word = word.EndsWith("'s", StringComparison.OrdinalIgnoreCase) || word.EndsWith("’s", StringComparison.OrdinalIgnoreCase) ? word[..^2] : word;
        var slash = word.LastIndexOf('/');
        if (slash > 2 && word[..slash].All(char.IsLetter) && TimeUnits.UnitOf(word[(slash + 1)..].ToLowerInvariant()) is not null)
        {
            // requests/s is what "requests per second" is.
            tokens.Add(new QuestionToken(word[..slash], KindOf(word[..slash]), at));
            tokens.Add(new QuestionToken("per", TokenKind.Word, at + slash));
            word = word[(slash + 1)..].ToLowerInvariant() switch { "s" or "sec" => "second", "m" or "min" => "minute", "h" or "hr" => "hour", "d" => "day", var unit => unit };
        }

        tokens.Add(new QuestionToken(word, KindOf(word), at));
    }

    private static bool IsInside(string text, int at) =>
        char.IsLetterOrDigit(text[at]) || Inside.Contains(text[at])
        || (text[at] is '\'' or '’' && at > 0 && char.IsLetterOrDigit(text[at - 1]) && at + 1 < text.Length && char.IsLetter(text[at + 1]));

    /// <summary>The position of the quote that closes the one at <paramref name="at"/>; 0 where none opens. An apostrophe opens nothing.</summary>
    private static int ClosingQuote(string text, int at)
    {
        var closing = text[at] switch { '\'' => '\'', '"' => '"', '`' => '`', '“' => '”', '‘' => '’', '«' => '»', _ => '\0' };
        if (closing == '\0' || (at > 0 && char.IsLetterOrDigit(text[at - 1])))
        {
            return 0;
        }

        for (var end = text.IndexOf(closing, at + 1); end > 0; end = text.IndexOf(closing, end + 1))
        {
            if (closing != '\'' || end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1]))
            {
                return end;
            }
        }

        return 0;
    }

    private static TokenKind KindOf(string word)
    {
        if (word[0] == '/')
        {
            return TokenKind.Path;
        }

        if (char.IsAsciiDigit(word[0]))
        {
            return word.All(c => char.IsAsciiDigit(c) || c == '.') && word.Count(c => c == '.') <= 1 ? TokenKind.Number : IsAddress(word) ? TokenKind.Address : Measured(word);
        }

        if (word.Length is >= 2 and <= 5 && word[0] is 'p' or 'P' && word.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return TokenKind.Measure;
        }

        return word.Length > 1 && !char.IsLetterOrDigit(word[0]) && word.AsSpan().IndexOfAny(Inside) >= 0 && !word.Any(char.IsLetterOrDigit) ? TokenKind.Punctuation
            : IsName(word) ? TokenKind.Name : char.IsLetterOrDigit(word[0]) || word.Length > 1 ? TokenKind.Word : TokenKind.Punctuation;
    }

    private static bool IsAddress(string word)
    {
        var host = word.Split(':')[0].Split('/')[0];
        return host.Count(c => c == '.') == 3 && IPAddress.TryParse(host, out _);
    }

    // 24h and 95th are measures; 5xx and 404-page are names.
    private static TokenKind Measured(string word)
    {
        var digits = word.AsSpan().IndexOfAnyExcept(Numeric);
        var rest = word.AsSpan(digits < 0 ? word.Length : digits);
        var plain = rest.IndexOfAnyExcept(Units) < 0 && rest.Length <= 9;
        return plain && !rest.SequenceEqual("xx") ? TokenKind.Measure : word.Contains(':', StringComparison.Ordinal) || word.Count(c => c == '-') == 2 ? TokenKind.Measure : TokenKind.Name;
    }

    private static bool IsName(string word) =>
        word.Length > 1 && (word.Any(c => c is '_' or '.' or '-' or '/' or '@' or ':' or '*' or '$' || char.IsAsciiDigit(c)) || (word.Skip(1).Any(char.IsUpper) && word.Any(char.IsLower)));
}
