using System.Text.Json;
using System.Text.Json.Nodes;
using Nightwatch.Domain.Governance.Injection;
using Nightwatch.Domain.Models;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Asking.Modelling;

/// <summary>
/// The lookups that a model may ask for while it translates: in what is known of the caller's sources, in memory. They reach nothing outside, change nothing and
/// are bounded; what sources say is withheld where it speaks to the reader as if it were an instruction.
/// </summary>
internal sealed class ModelLookups(TranslationContext context)
{
    /// <summary>Characters of one result.</summary>
    public const int MaxResult = 6_000;

    private const int MostHelp = 140;
    private const int MostLabels = 10;
    private const int MostValues = 6;
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static IReadOnlyList<ModelTool> Tools { get; } =
    [
        new("search_metrics", "Metrics whose name or help holds the words, best first, with type, unit, labels and some of their values.", Words("words")),
        new("list_label_values", "Values of a label of metrics.", Words("label")),
        new("search_log_labels", "Labels of log streams and their values; with words only those that hold one of them.", Words("words")),
    ];

    /// <summary>What a wish of the model gives; a wish that is none of ours says so and does nothing.</summary>
    public string Answer(ModelToolCall call)
    {
        string? given;
        try
        {
            using var arguments = JsonDocument.Parse(call.Arguments, Reading);
            given = arguments.RootElement.ValueKind == JsonValueKind.Object && arguments.RootElement.EnumerateObject().FirstOrDefault() is { Value.ValueKind: JsonValueKind.String } first
                ? first.Value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return "The arguments are no JSON object.";
        }

        var words = (given ?? "").Length > 200 ? given![..200] : given ?? "";
        return Bounded(call.Name switch
        {
            "search_metrics" => Metrics(Split(words), 20),
            "list_label_values" => LabelValues(words),
            "search_log_labels" => LogLabels(Split(words)),
            _ => $"There is no such tool; there are {string.Join(", ", Tools.Select(t => t.Name))}.",
        });
    }

    /// <summary>The metrics that fit the words best.</summary>
    public JsonArray Metrics(IEnumerable<string> words, int most)
    {
        var found = new JsonArray();
        var length = 0;
        foreach (var entry in Find(words, most))
        {
            var described = Describe(entry);
            length += described.ToJsonString(ModelPrompt.Plain).Length;
            if (length > MaxResult - 200 && found.Count > 0)
            {
                break;
            }

            found.Add(described);
        }

        return found;
    }

    public JsonObject LogLabels(IReadOnlyList<string> words)
    {
        var found = new JsonObject();
        foreach (var label in context.Logs.Labels.Order(StringComparer.Ordinal))
        {
            var values = context.Logs.Values(label).Order(StringComparer.Ordinal).ToList();
            var fitting = words.Count == 0 || Holds(label, words) ? values : [.. values.Where(v => Holds(v, words))];
            if (fitting.Count > 0 && found.Count < 30)
            {
                found[label] = Texts(fitting.Take(words.Count == 0 ? 12 : 40).Select(InjectionScan.ForModel));
            }
        }

        return found;
    }

    /// <summary>The metrics that fit the words best.</summary>
    public IEnumerable<MetricEntry> Find(IEnumerable<string> words, int most)
    {
        var stems = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            NameTokens.OfName(word.Trim('?', '!', '.', ',', '\'', '"'), stems, static (part, to) => to.Add(NameTokens.Stem(part)));
        }

        var wanted = stems.Where(s => !NameTokens.IsIgnored(s)).Take(24).Select(s => ((IReadOnlyList<string>)[s, .. Lexicon.English.Alternatives(s)], 1.0)).ToList();
        return wanted.Count == 0 ? [] : context.Metrics.Index.Find(wanted, most).Select(f => context.Metrics[f.Metric]);
    }

    public static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)t)];

    private JsonNode LabelValues(string label)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in context.Metrics.Entries)
        {
            values.UnionWith(entry.Values(label));
            if (values.Count > 2_000)
            {
                break;
            }
        }

        return values.Count == 0 ? $"No metric is known to have a label {label}." : Texts(values.Take(150).Select(InjectionScan.ForModel));
    }

    private static JsonObject Describe(MetricEntry entry)
    {
        var labels = new JsonObject();
        foreach (var label in entry.Labels.Order(StringComparer.Ordinal).Take(MostLabels))
        {
            labels[label] = Texts(entry.Values(label).Order(StringComparer.Ordinal).Take(MostValues).Select(InjectionScan.ForModel));
        }

        var help = entry.Help.Length <= MostHelp ? entry.Help : entry.Help[..MostHelp];
        return new JsonObject
        {
            ["name"] = entry.Name,
            ["type"] = entry.Kind.ToString().ToLowerInvariant(),
            ["unit"] = entry.Unit,
            ["help"] = InjectionScan.ForModel(help),
            ["labels"] = labels,
        };
    }

    private static bool Holds(string text, IReadOnlyList<string> words) => words.Any(w => w.Length > 1 && text.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static string[] Split(string words) => words.Split([' ', ',', '_'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Bounded(JsonNode found)
    {
        var text = found.ToJsonString(ModelPrompt.Plain);
        return text.Length <= MaxResult ? text : $"{text[..(MaxResult - 40)]}... (cut; ask for less)";
    }

    private static string Words(string name) => $$$"""{"type":"object","additionalProperties":false,"required":["{{{name}}}"],"properties":{"{{{name}}}":{"type":"string"} } }""";
}
