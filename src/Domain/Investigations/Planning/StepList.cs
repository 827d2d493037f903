using System.Globalization;
using System.Text.Json.Nodes;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>Collects the steps of one round, each with an id that says what it is and never changes.</summary>
internal sealed class StepList(int round, int room, IReadOnlySet<string> tools)
{
    private readonly List<EvidenceStep> steps = [];
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    public IReadOnlyList<EvidenceStep> Steps => steps;

    public List<UncheckedQuestion> NotAsked { get; } = [];

    public void Range(
        string topic, string title, string query, string? unit, DateTimeOffset start, DateTimeOffset end, int stepSeconds, string? component = null, int windowSeconds = 0) =>
        Add(
            topic,
            title,
            "query_metrics_range",
            new JsonObject { ["query"] = query, ["start"] = Iso(start), ["end"] = Iso(end), ["step_seconds"] = stepSeconds },
            unit,
            component,
            windowSeconds);

    public void Range(SignalQuery signal, TimeScale scale, string? component = null) =>
        Range(signal.Topic, signal.Title, signal.Query, signal.Unit, scale.From, scale.To, scale.StepSeconds, component, (int)scale.RateWindow.TotalSeconds);

    public void Add(string topic, string title, string tool, JsonObject arguments, string? unit = null, string? component = null, int windowSeconds = 0)
    {
        if (!tools.Contains(tool))
        {
            NotAsked.Add(new UncheckedQuestion(title, $"there is no source for {tool} here"));
            return;
        }

        if (steps.Count >= room)
        {
            NotAsked.Add(new UncheckedQuestion(title, "the investigation had asked as much as it may"));
            return;
        }

        var number = numbers[topic] = numbers.GetValueOrDefault(topic) + 1;
        steps.Add(new EvidenceStep
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"r{round}-{topic}{(number == 1 ? "" : $"-{number}")}"),
            Round = round,
            Title = title,
            Topic = topic,
            Tool = tool,
            Arguments = arguments.ToJsonString(NightwatchJson.Options),
            Unit = unit,
            WindowSeconds = windowSeconds,
            Component = component,
        });
    }

    public static string Iso(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
