using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>Reads from an incident's alerts what is to be investigated.</summary>
internal static class SubjectReader
{
    private static readonly string[] SeverityOrder = ["critical", "page", "error", "high", "warning", "info", "none"];

    /// <summary>The alert that tells most: one that names a service, not flapping, severest, earliest.</summary>
    public static AlertEpisode MostTelling(IReadOnlyList<AlertEpisode> episodes) => episodes
        .OrderBy(e => e.Suppression is null ? 0 : 1)
        .ThenBy(e => ServiceLabels.ComponentOf(e.Labels) is null ? 1 : 0)
        .ThenBy(e => e.Flapping ? 1 : 0)
        .ThenBy(e => Severity(e.Labels))
        .ThenBy(e => e.StartsAt)
        .ThenBy(e => e.Id, StringComparer.Ordinal)
        .First();

    /// <param name="expression">The rule's own expression, when it is known.</param>
    public static InvestigationSubject Read(AlertEpisode telling, IReadOnlyList<AlertEpisode> all, string? expression)
    {
        var conditions = AlertExpression.Read(expression)?.Conditions ?? new Dictionary<string, string>();
        var serviceLabel = Array.Find(ServiceLabels.Service, l => Value(telling.Labels, l) is not null);
        var service = serviceLabel is null ? null : Value(telling.Labels, serviceLabel);
        if (service is null)
        {
            serviceLabel = Array.Find(ServiceLabels.Service, l => Value(conditions, l) is not null);
            service = serviceLabel is null ? null : Value(conditions, serviceLabel);
        }

        return new InvestigationSubject
        {
            AlertName = telling.Name,
            Labels = telling.Labels,
            Expression = expression,
            StartsAt = all.Where(e => e.Suppression is null).Select(e => e.StartsAt).DefaultIfEmpty(telling.StartsAt).Min() is var first
                && telling.StartsAt - first < TimeSpan.FromMinutes(15)
                ? first
                : telling.StartsAt,
            Service = service,
            ServiceLabel = serviceLabel,
            Instance = Value(telling.Labels, "instance"),
            Namespace = Value(telling.Labels, "namespace") ?? Value(conditions, "namespace"),
            AlertedServices =
            [
                .. all.Where(e => e.Suppression is null).OrderBy(e => e.StartsAt).Select(e => ServiceLabels.ComponentOf(e.Labels, serviceLabel))
                    .Prepend(service).OfType<string>().Distinct(StringComparer.Ordinal).Take(20),
            ],
        };
    }

    /// <summary>
    /// Whether an episode may have touched what the subject is measured by: the same namespace or, where that is not known, the same service or instance.
    /// </summary>
    public static bool IsAround(InvestigationSubject subject, AlertEpisode episode) =>
        subject.Namespace is { } space && Value(episode.Labels, "namespace") is { } other
            ? space == other
            : (subject.ServiceLabel is { } label && subject.Service is { } service && Value(episode.Labels, label) == service)
                || (subject.Instance is { } instance && Value(episode.Labels, "instance") == instance);

    /// <summary>The expression in the link to Prometheus' graph page (g0.expr), or null.</summary>
    public static string? ExpressionOf(string? generatorUrl)
    {
        if (generatorUrl is null || !Uri.TryCreate(generatorUrl, UriKind.Absolute, out var url))
        {
            return null;
        }

        var pair = url.Query.TrimStart('?').Split('&').FirstOrDefault(p => p.StartsWith("g0.expr=", StringComparison.Ordinal));
        var text = pair is null ? null : Uri.UnescapeDataString(pair["g0.expr=".Length..].Replace('+', ' ')).Trim();
        return text is { Length: > 0 and <= AlertExpression.MaxLength } ? text : null;
    }

    private static int Severity(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue("severity", out var severity) && Array.IndexOf(SeverityOrder, severity) is var rank and >= 0 ? rank : SeverityOrder.Length;

    private static string? Value(IReadOnlyDictionary<string, string> labels, string name) =>
        labels.TryGetValue(name, out var value) && value.Length is > 0 and <= PromQl.MaxValueLength ? value : null;
}
