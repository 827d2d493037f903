using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>Which series a question covers: those that live where the subject lives, and, when that is not known, all that name a service.</summary>
/// <param name="within">Where that is, when it is known better than the subject's labels tell it.</param>
internal sealed class QueryScope(
    InvestigationSubject subject, TimeSpan rateWindow, IReadOnlyList<string>? components = null, IReadOnlyList<LabelCondition>? within = null)
{
    private readonly IReadOnlyList<LabelCondition> place = within ??
    [
        .. ServiceLabels.Scope.Where(l => l != subject.ServiceLabel && subject.Labels.TryGetValue(l, out var v) && v.Length is > 0 and <= PromQl.MaxValueLength)
            .Select(l => LabelCondition.Is(l, subject.Labels[l])),
    ];

    public string Window { get; } = PromQl.Duration(rateWindow);

    public bool HasPlace => place.Count > 0 || subject.Namespace is not null;

    /// <summary>Conditions that hold for everything around the subject, on labels that a metric is known to have.</summary>
    public IReadOnlyList<LabelCondition> Place => place.Count == 0 && subject.Namespace is { } space ? [LabelCondition.Is("namespace", space)] : place;

    /// <summary>The label of the metric that names its service, the subject's own first; null when it has none.</summary>
    public string? LabelOf(KnownMetric metric) =>
        subject.ServiceLabel is { } own && metric.Labels.ContainsKey(own) ? own : metric.FirstLabel(ServiceLabels.Service);

    public string GroupOf(KnownMetric metric) => LabelOf(metric) ?? "instance";

    public string Select(KnownMetric metric, params LabelCondition[] further)
    {
        var conditions = new List<LabelCondition>(Place.Where(c => metric.Labels.ContainsKey(c.Name)));
        if (components is { Count: > 0 } && LabelOf(metric) is { } label)
        {
            conditions.Add(LabelCondition.Matches(label, string.Join('|', components.Select(PromQl.EscapePattern))));
        }

        conditions.AddRange(further);
        return PromQl.Selector(metric.Name, conditions);
    }
}
