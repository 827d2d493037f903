using System.Collections.Frozen;

namespace Nightwatch.Domain.Queries.Translation.Language;

internal enum ConceptKind
{
    /// <summary>What is measured: a template must answer it.</summary>
    Measure,

    /// <summary>What it runs on or in.</summary>
    Subject,

    /// <summary>What is wanted.</summary>
    Speech,
}

/// <summary>A phrase of the lexicon found in a question. <see cref="Slip"/> is the word that was meant, when it was written otherwise.</summary>
internal sealed record ConceptHit(string Concept, ConceptKind Kind, int First, int Length, string? Slip);

/// <summary>Finds known phrases in tokens, the longest first, slips of the pen included.</summary>
internal sealed class Lexicon
{
    private const int MaxPhrase = 4;
    private readonly FrozenDictionary<string, (string Concept, ConceptKind Kind)[]> phrases;
    private readonly FrozenSet<string> plain;
    private readonly FrozenSet<string> ordinary;
    private readonly FrozenSet<string> openings;
    private readonly FrozenDictionary<string, string[]> parts;
    private readonly FrozenDictionary<string, string[]> synonyms;
    private readonly string[] correctable;

    private Lexicon()
    {
        var found = new Dictionary<string, List<(string, ConceptKind)>>(StringComparer.Ordinal);
        Add(found, LexiconMeasures.Measured, ConceptKind.Measure);
        Add(found, LexiconMeasures.Subjects, ConceptKind.Subject);
        Add(found, LexiconSpeech.Wanted, ConceptKind.Speech);
        phrases = found.ToFrozenDictionary(p => p.Key, p => p.Value.ToArray(), StringComparer.Ordinal);
        plain = Words(LexiconSpeech.Plain);
        ordinary = Words(LexiconSpeech.Ordinary);
        parts = phrases.Where(p => p.Key.Contains(' ', StringComparison.Ordinal)).SelectMany(p => p.Key.Split(' ').SelectMany(w => p.Value.Where(c => c.Kind != ConceptKind.Speech).Select(c => (Word: w, c.Concept))))
            .GroupBy(p => p.Word).ToFrozenDictionary(g => g.Key, g => g.Select(p => p.Concept).Distinct().ToArray(), StringComparer.Ordinal);
        synonyms = phrases.Where(p => !p.Key.Contains(' ', StringComparison.Ordinal)).SelectMany(p => p.Value.Where(c => c.Kind != ConceptKind.Speech || c.Concept is "usage" or "free" or "capacity").Select(c => (p.Key, c.Concept)))
            .GroupBy(p => p.Concept, p => p.Key).SelectMany(g => g.Select(word => (word, Others: g.Where(o => o != word).Append(g.Key)))).GroupBy(p => p.word)
            .ToFrozenDictionary(g => g.Key, g => g.SelectMany(p => p.Others).Distinct().Take(8).ToArray(), StringComparer.Ordinal);
        openings = phrases.Keys.Select(p => p.Split(' ')[0]).ToFrozenSet(StringComparer.Ordinal);
        correctable = [.. phrases.Keys.SelectMany(p => p.Split(' ')).Where(w => w.Length >= 4).Distinct()];
    }

    public static Lexicon English { get; } = new();

    /// <summary>Whether the word means something by itself or is a common one: then it names nothing.</summary>
    public bool Knows(QuestionToken token) => plain.Contains(token.Lower) || ordinary.Contains(token.Lower) || phrases.ContainsKey(token.Stem) || phrases.ContainsKey(token.Lower);

    /// <summary>Whether it is a common word of the language, which nothing is called after.</summary>
    public bool IsPlain(QuestionToken token) => plain.Contains(token.Lower);

    /// <param name="taken">Tokens that another reader has used (a time, a name, a quotation) and that mean nothing else.</param>
    public IReadOnlyList<ConceptHit> Find(IReadOnlyList<QuestionToken> tokens, bool[] taken)
    {
        var hits = new List<ConceptHit>();
        for (var at = 0; at < tokens.Count;)
        {
            at += taken[at] || tokens[at].Kind is TokenKind.Quoted or TokenKind.Path or TokenKind.Address ? 1 : Longest(tokens, taken, at, hits);
        }

        return hits;
    }

    /// <summary>Whether the word is a part of a longer phrase that means something.</summary>
    public bool IsPart(string stem) => parts.ContainsKey(stem);

    /// <summary>The concepts of the phrases that the word is a part of.</summary>
    public IReadOnlyCollection<string> PartOf(string stem) => parts.TryGetValue(stem, out var concepts) ? concepts : [];

    /// <summary>Other single words for the same measure.</summary>
    public IReadOnlyList<string> Alternatives(string stem) => synonyms.TryGetValue(stem, out var others) ? others : [];

    /// <summary>The known word that an unknown one was probably meant to be.</summary>
    public string? Correct(string stem)
    {
        var allowed = EditDistance.Allowed(stem.Length);
        var (best, at) = ((string?)null, allowed + 1);
        foreach (var word in allowed == 0 ? [] : correctable)
        {
            var distance = EditDistance.Bounded(stem, word, Math.Min(allowed, at));
            if (distance < at || (distance == at && distance <= allowed && best is not null && word[0] == stem[0] && best[0] != stem[0]))
            {
                (best, at) = (word, distance);
            }
        }

        // One slip in a word of four letters makes many other words; the first letter is seldom the wrong one.
        return best is not null && (stem.Length > 4 || best[0] == stem[0]) ? best : null;
    }

    private int Longest(IReadOnlyList<QuestionToken> tokens, bool[] taken, int at, List<ConceptHit> hits)
    {
        var slip = openings.Contains(tokens[at].Stem) || openings.Contains(tokens[at].Lower) || Knows(tokens[at]) || tokens[at].Kind != TokenKind.Word || tokens[at].Text.All(char.IsUpper) ? null : Correct(tokens[at].Stem);
        for (var length = Math.Min(MaxPhrase, tokens.Count - at); length > 0; length--)
        {
            if (length > 1 && taken.AsSpan(at, length).Contains(true))
            {
                continue;
            }

            if (Lookup(tokens, at, length, slip) is { } concepts)
            {
                hits.AddRange(concepts.Select(c => new ConceptHit(c.Concept, c.Kind, at, length, slip)));
                return length;
            }
        }

        return 1;
    }

    private (string Concept, ConceptKind Kind)[]? Lookup(IReadOnlyList<QuestionToken> tokens, int at, int length, string? slip)
    {
        if (length == 1)
        {
            return phrases.GetValueOrDefault(slip ?? tokens[at].Stem) ?? phrases.GetValueOrDefault(tokens[at].Lower);
        }

        var words = new string[length];
        for (var i = 0; i < length; i++)
        {
            words[i] = i == 0 && slip is not null ? slip : tokens[at + i].Stem;
        }

        return phrases.GetValueOrDefault(string.Join(' ', words));
    }

    private static FrozenSet<string> Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private static void Add(Dictionary<string, List<(string, ConceptKind)>> found, string data, ConceptKind kind)
    {
        foreach (var line in data.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (concept, rest) = (line[..line.IndexOf(" = ", StringComparison.Ordinal)], line[(line.IndexOf(" = ", StringComparison.Ordinal) + 3)..]);
            foreach (var phrase in rest.Split('|'))
            {
                var key = string.Join(' ', phrase.Split(' ').Select(WordStem.Of));
                var concepts = found.TryGetValue(key, out var known) ? known : found[key] = [];
                if (!concepts.Exists(c => c.Item1 == concept))
                {
                    concepts.Add((concept, kind));
                }
            }
        }
    }
}
