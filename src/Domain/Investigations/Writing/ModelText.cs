using System.Text.Json;
using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Investigations.Writing;

/// <summary>What a model answered, as far as it follows the form.</summary>
internal sealed record ModelText
{
    public const int MaxNarrative = 8_000;

    public required string Narrative { get; init; }

    public IReadOnlyList<ModelProposal> Hypotheses { get; init; } = [];

    /// <summary>Null for anything that is not the JSON object that was asked for (a fence around it is forgiven).</summary>
    public static ModelText? Read(string answer)
    {
        var (from, to) = (answer.IndexOf('{', StringComparison.Ordinal), answer.LastIndexOf('}'));
        if (from < 0 || to <= from || answer.Length > 200_000)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(answer.AsMemory(from, to - from + 1));
            var root = document.RootElement;
            return root.TryGetProperty("narrative", out var narrative)
                && narrative.ValueKind == JsonValueKind.String
                && narrative.GetString() is { Length: > 0 and <= MaxNarrative } text
                ? new ModelText { Narrative = text.Trim(), Hypotheses = [.. Proposals(root)] }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<ModelProposal> Proposals(JsonElement root)
    {
        if (!root.TryGetProperty("hypotheses", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var entry in list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Take(3))
        {
            string Text(string name) => entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            var ids = entry.TryGetProperty("evidence_ids", out var list2) && list2.ValueKind == JsonValueKind.Array
                ? list2.EnumerateArray()
                    .Where(i => i.ValueKind == JsonValueKind.String)
                    .Select(i => i.GetString()!)
                    .Distinct(StringComparer.Ordinal)
                    .Take(10)
                    .ToList()
                : [];
            yield return new ModelProposal(Text("cause"), Text("component"), Text("statement"), ids);
        }
    }
}

internal sealed record ModelProposal(string Cause, string Component, string Statement, IReadOnlyList<string> EvidenceIds);

/// <summary>What keeps a model's text from being shown.</summary>
internal static partial class NarrativeCheck
{
    /// <summary>Null when the text may stand; else what is wrong, in words for the model.</summary>
    public static string? Objection(string text, Conclusion drawn, GroundedNumbers numbers) =>
        Forbidden().IsMatch(text) ? "it holds a link, an image, HTML or a command, which are not allowed"
        : drawn.Hypotheses is [{ Confidence: >= 0.3 } top, ..]
            && !text.Contains(top.Component, StringComparison.OrdinalIgnoreCase) ? $"it does not name {top.Component}, which the evidence points at"
        : numbers.FirstUnknown(text) is { } number ? $"the number {number} is not in the data"
        : null;

    [GeneratedRegex(
        @"https?:|www\.|\]\(|!\[|</?[a-z]|javascript:|\bcurl\s|\bwget\s|ignore (all |the )?previous", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Forbidden();
}
