namespace Nightwatch.Domain.Queries.Translation.Language;

internal enum TokenKind
{
    Word,
    Number,

    /// <summary>A number glued to a unit: 24h, 80%, p95, 95th.</summary>
    Measure,

    /// <summary>What the asker put between quotes, without them.</summary>
    Quoted,

    /// <summary>A part of a URL.</summary>
    Path,

    /// <summary>An IPv4 address, with or without a port.</summary>
    Address,

    /// <summary>Shaped like a name and not like a word: it holds a digit, a hyphen, a dot, an underscore or capitals inside.</summary>
    Name,
    Punctuation,
}

/// <summary>A piece of the question. <see cref="Stem"/> is what the lexicon and the catalogue are asked for.</summary>
internal sealed record QuestionToken(string Text, TokenKind Kind, int Start)
{
    public string Lower { get; } = Text.ToLowerInvariant();

    public string Stem { get; init; } = WordStem.Of(Text.ToLowerInvariant());

    public int End => Start + Text.Length;

    public bool IsWordLike => Kind is TokenKind.Word or TokenKind.Name;

    public bool Is(string word) => Lower == word;

    public bool IsAny(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Lower == word)
            {
                return true;
            }
        }

        return false;
    }
}
