using Nightwatch.Domain.Queries.Catalogue;

namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>What a question names, and the quoted texts that name nothing.</summary>
internal sealed record EntitiesRead(IReadOnlyList<NamedEntity> Entities, IReadOnlyList<string> Texts);

/// <summary>Finds names of services, pods, hosts, ... in a question: by what the sources know, by the word beside them, and by how they look.</summary>
internal sealed class EntityReader(IReadOnlyList<QuestionToken> tokens, bool[] taken, TranslationContext context)
{
    private const int MostEntities = 12;
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
    private readonly List<NamedEntity> found = [];
    private readonly List<string> texts = [];

    /// <summary>GET, POST and the others, in capitals.</summary>
    public static bool IsMethod(QuestionToken token) => Methods.Contains(token.Text);

    public EntitiesRead Read()
    {
        for (var at = 0; at < tokens.Count && found.Count < MostEntities;)
        {
            at += taken[at] || tokens[at].Kind is TokenKind.Punctuation or TokenKind.Number or TokenKind.Measure or TokenKind.Path ? 1 : Step(at);
        }

        texts.AddRange(tokens.Where((t, i) => !taken[i] && t.Kind == TokenKind.Quoted).Select(t => t.Text));
        return new EntitiesRead([.. Called().DistinctBy(e => (e.Kind, e.Value))], texts);
    }

    // "Calls from orders to payment", "how often does orders call payment": the second is what the first one calls.
    private IEnumerable<NamedEntity> Called()
    {
        var services = found.Where(e => e.Known && e.Kind is "service" or "app" or "name").ToList();
        if (services.Count != 2 || Position(services[0]) is var first && Position(services[1]) is var second && !(IsCall(first, second)))
        {
            return found;
        }

        return found.Select(e => e == services[1] ? e with { Kind = EntityKinds.Called } : e);
    }

    private int Position(NamedEntity entity) => tokens.ToList().FindIndex(t => t.Text == entity.Text);

    private bool IsCall(int first, int second) =>
        first > 0 && second > first
        && ((tokens[first - 1].Is("from") && tokens[second - 1].Is("to")) || (second == first + 2 && tokens[first + 1].IsAny("call", "calls", "calling")) || (tokens[first + 1].IsAny("to") && second == first + 2 && tokens.Any(t => t.IsAny("call", "calls"))));

    private int Step(int at)
    {
        for (var length = Math.Min(3, tokens.Count - at); length > 0; length--)
        {
            if (length > 1 && (Enumerable.Range(at, length).Any(i => taken[i] || !tokens[i].IsWordLike || Lexicon.English.IsPlain(tokens[i])) || KindAt(at + length - 1) is not null || KindAt(at) is not null))
            {
                continue;
            }

            if (Named(at, length) is { } entity)
            {
                Add(entity, at, length);
                return length;
            }
        }

        return 1;
    }

    private NamedEntity? Named(int at, int length)
    {
        var text = string.Join(' ', tokens.Skip(at).Take(length).Select(t => t.Text));
        var first = tokens[at];
        var kind = KindBeside(at, length, out var beside);
        if (Known(text, kind) is { } known)
        {
            // A word that means something else too is a name where the question says so, or where only a service can be meant.
            var hits = length == 1 && first.Kind == TokenKind.Word ? Lexicon.English.Find([first], [false]) : [];
            var doubtful = hits.Any(h => h.Kind != ConceptKind.Subject || KindAt(at) is not null) && !(IsLed(at) && EndsHere(at) && hits.All(h => h.Kind == ConceptKind.Speech));
            var common = length == 1 && Lexicon.English.IsPlain(first) && !EntityKinds.IsEnvironment(first.Lower);
            var property = !beside && !(IsLed(at) && EndsHere(at)) && length == 1 && first.Kind == TokenKind.Word && known.Labels.Count > 0 && !known.Labels.Any(EntityKinds.IsPlainlyNamed);
            return (doubtful || common || property) && !beside ? null : known;
        }

        if (first.Kind is TokenKind.Name or TokenKind.Measure && (!beside || first.Text.All(char.IsLetter)) && Lexicon.English.Find([first], [false]).Count > 0)
        {
            return null;
        }

        if (length > 1 || (first.Kind == TokenKind.Word && Lexicon.English.Knows(first) && !EntityKinds.IsEnvironment(first.Lower) && !beside) || KindAt(at) is not null)
        {
            return null;
        }

        return Unlisted(first, at, kind, beside);
    }

    /// <summary>A name that no source has: a slip, the beginning of a longer name, or one that is not there.</summary>
    private NamedEntity? Unlisted(QuestionToken token, int at, string? kind, bool beside)
    {
        var code = token.Kind == TokenKind.Name && token.Text.Any(char.IsUpper) && token.Text.All(char.IsLetter);
        var shaped = token.Kind is TokenKind.Address || (token.Kind == TokenKind.Name && !code);
        var led = IsLed(at);
        if (IsMethod(token) || (!beside && IsOtherLabel(token)) || (beside && token.Kind == TokenKind.Word && context.Metrics.Names.Labels.Contains(token.Lower)))
        {
            return null;
        }

        if (token.Kind == TokenKind.Word && Lexicon.English.Knows(token) && !EntityKinds.IsEnvironment(token.Lower))
        {
            return beside && at > 0 && KindAt(at - 1) is not null && Lexicon.English.Find([token], [false]).Count == 0 && !Lexicon.English.IsPlain(token) ? new NamedEntity(kind!, token.Text, token.Text, Known: false) : null;
        }

        if (EntityKinds.IsEnvironment(token.Lower))
        {
            return led || beside || Lexicon.English.IsPlain(token) ? new NamedEntity("environment", token.Text, token.Text, Known: false) : null;
        }

        if (token.Kind == TokenKind.Quoted && !beside)
        {
            return null;
        }

        if (token.Kind == TokenKind.Word && EntityKinds.IsSeldomNamed(kind) && (context.Metrics.Index.Has(token.Stem) || Lexicon.English.IsPart(token.Stem) || Lexicon.English.Correct(token.Stem) is not null))
        {
            return null;
        }

        var near = Near(token.Text, kind, longer: shaped || beside || led);
        if (near is not null && (shaped || beside || led || Lexicon.English.Correct(token.Stem) is null))
        {
            return near;
        }

        var named = EndsHere(at);
        var vague = (code && !beside) || token.Kind == TokenKind.Word && !beside && (!led || !named || token.Text.All(char.IsUpper) || Lexicon.English.Correct(token.Stem) is not null || context.Metrics.Index.Has(token.Stem));
        return vague || (token.Kind == TokenKind.Name && !beside && !led && context.Metrics.Index.Has(token.Stem)) || context.Metrics.Find(token.Text) is not null
            || (shaped && token.Kind != TokenKind.Address && !beside && !led)
            ? null
            : new NamedEntity(kind ?? (token.Kind == TokenKind.Address ? "host" : "name"), token.Text, token.Text, Known: false);
    }

    private bool IsLed(int at) => at > 0 && tokens[at - 1].IsAny("for", "of", "on", "in", "from", "at", "is", "was", "does", "did", "are", "and", "or");

    private bool EndsHere(int at) => at + 1 == tokens.Count || taken[at + 1] || tokens[at + 1].Kind == TokenKind.Punctuation || tokens[at + 1].IsAny("over", "in", "during", "by", "and");

    // A value of a label that names no thing, such as a route or a method, narrows the metric that has it.
    private bool IsOtherLabel(QuestionToken token) =>
        context.Metrics.Names.Find(token.Text) is { Count: > 0 } places && !places.Any(p => EntityKinds.All.Contains(p.Label));

    private NamedEntity? Known(string text, string? kind)
    {
        foreach (var name in context.Names)
        {
            if (LabelNames.KeyOf(name.Name) == LabelNames.KeyOf(text))
            {
                return new NamedEntity(kind ?? name.Kind, text, name.Name, Known: true) { Labels = [.. name.MetricMatchers.Keys] };
            }
        }

        foreach (var alias in EntityKinds.AliasesOf(text))
        {
            var places = Places(context.Metrics.Names.Find(alias), context.Logs.Names.Find(alias), kind);
            if (places.Count > 0)
            {
                return Entity(text, kind, places, corrected: false);
            }
        }

        return null;
    }

    private NamedEntity? Near(string text, string? kind, bool longer)
    {
        var near = Places(context.Metrics.Names.FindNear(text), context.Logs.Names.FindNear(text), kind);
        if (near.Count > 0)
        {
            return Entity(text, kind, near, corrected: true);
        }

        var beginning = !longer ? [] : Places(context.Metrics.Names.Like(text, 20), context.Logs.Names.Like(text, 20), kind).Where(p => LabelNames.KeyOf(p.Value).StartsWith(LabelNames.KeyOf(text), StringComparison.Ordinal)).ToList();
        return beginning.Count == 0 ? null : new NamedEntity(kind ?? EntityKind(beginning[0].Label), text, text, Known: true) { Labels = [.. beginning.Select(p => p.Label).Distinct()], Corrected = true };
    }

    private static List<(string Label, string Value)> Places(IReadOnlyList<(string Label, string Value)> metrics, IReadOnlyList<(string Label, string Value)> logs, string? kind)
    {
        IReadOnlyList<string> labels = kind is null ? EntityKinds.All : EntityKinds.LabelsOf(kind);
        var all = metrics.Concat(logs).Where(p => EntityKinds.All.Contains(p.Label)).ToList();
        var fitting = all.Where(p => labels.Contains(p.Label)).ToList();
        return fitting.Count > 0 ? [.. fitting.OrderBy(p => labels.ToList().IndexOf(p.Label))] : all;
    }

    private static NamedEntity Entity(string text, string? kind, List<(string Label, string Value)> places, bool corrected) =>
        new(kind ?? EntityKind(places[0].Label), text, places[0].Value, Known: true) { Labels = [.. places.Select(p => p.Label).Distinct()], Corrected = corrected };

    private static string EntityKind(string label) => label switch
    {
        "service" or "service_name" or "job" => "service",
        "app" or "application" => "app",
        "pod" or "container" or "namespace" or "topic" or "queue" => label,
        "env" or "environment" or "cluster" => "environment",
        "instance" or "node" or "host" or "hostname" or "nodename" => "host",
        "mountpoint" or "device" => "disk",
        "datname" => "database",
        "consumergroup" => "consumer",
        _ => "name",
    };

    private void Add(NamedEntity entity, int at, int length)
    {
        found.Add(entity);
        taken.AsSpan(at, length).Fill(true);
    }

    private string? KindAt(int at) => at >= 0 && at < tokens.Count && !taken[at] && tokens[at].Kind is TokenKind.Word ? EntityKinds.OfWord(tokens[at]) : null;

    /// <summary>"service X", "the X app", "pods of X": the word that says what X is.</summary>
    private string? KindBeside(int at, int length, out bool beside)
    {
        var quoted = tokens[at].Kind == TokenKind.Quoted;
        var named = at > 0 && tokens[at - 1].IsAny("named", "called") ? 1 : 0;
        var before = KindAt(at - 1 - named);
        var after = KindAt(at + length);
        var skipAddress = at > 1 && tokens[at].Kind == TokenKind.Address && tokens[at - 1].IsAny("address", "ip");
        beside = before is not null || (after is not null && !quoted) || (quoted && after is not null && at > 0 && tokens[at - 1].IsAny("the", "for", "of", "in", "from"));
        return skipAddress ? null : before is not null && (after is null || tokens[at - 1].Text.Length > 0 && !tokens[at - 1].Lower.EndsWith('s')) ? before : beside ? after ?? before : null;
    }
}
