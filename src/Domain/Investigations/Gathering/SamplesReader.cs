using System.Text.Json;
using Nightwatch.Domain.Investigations.Writing;

namespace Nightwatch.Domain.Investigations.Gathering;

/// <summary>Reads query_metrics: one value per series.</summary>
internal sealed class SamplesReader : IToolReader
{
    private const int MaxSamples = 40;

    public string Tool => "query_metrics";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        var facts = Json.List(data, "samples")
            .Where(s => Json.Number(s, "value") is not null)
            .Select(
                s => new Fact { Name = "value", Value = Json.Number(s, "value")!.Value, Unit = step.Unit, Labels = Json.Labels(s), At = Json.Time(s, "at") })
            .OrderByDescending(f => Math.Abs(f.Value)).Take(MaxSamples).ToList();
        return new EvidenceReading
        {
            Summary = facts.Count == 0
                ? $"{step.Title}: no value."
                : $"{step.Title}: {Numbers.Write(facts[0].Value, step.Unit)}{(facts.Count > 1 ? " at most" : "")}.",
            Facts = facts,
        };
    }
}
