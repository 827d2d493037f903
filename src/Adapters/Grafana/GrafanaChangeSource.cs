using System.Globalization;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Adapters.Grafana;

/// <summary>Grafana's annotations, where people and pipelines write what they changed (grafana.com/docs, HTTP API, annotations).</summary>
internal sealed class GrafanaChangeSource(IHttpClientFactory clients, SourceOptions options, TimeProvider time) : IChangeSource
{
    public const string ClientName = "grafana";
    private const int Limit = 500;
    private static readonly HashSet<string> DeploymentTags = new(StringComparer.OrdinalIgnoreCase) { "deploy", "deployment", "release", "rollout", "rollback" };

    private readonly SourceClient source = new(clients, ClientName, options, GrafanaErrors.Explain, time);

    public string Name => options.Name;

    public string Tenant => options.Tenant;

    public async Task<IReadOnlyList<ChangeEvent>> FindChangesAsync(TimeWindow window, CancellationToken cancellationToken)
    {
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"api/annotations?from={window.Start.ToUnixTimeMilliseconds()}&to={window.End.ToUnixTimeMilliseconds()}&limit={Limit}&type=annotation");
        var answers = await source.GetListAsync<AnnotationAnswer>(path, cancellationToken).ConfigureAwait(false);
        return [.. answers.Where(a => Math.Abs(a.Time) < 100_000_000_000_000).Select(a => ToChange(a, "GET /" + path)).OrderByDescending(c => c.At)];
    }

    private ChangeEvent ToChange(AnnotationAnswer annotation, string invocation)
    {
        var tags = (annotation.Tags ?? []).Where(t => !string.IsNullOrWhiteSpace(t)).Take(50).ToList();
        var labels = LabelsOf(tags);
        var text = FailureText.Shorten(annotation.Text);
        return new ChangeEvent
        {
            At = DateTimeOffset.FromUnixTimeMilliseconds(annotation.Time),
            Kind = tags.Any(DeploymentTags.Contains) ? "deployment" : "annotation",
            Summary = text.Length > 0 ? text : FailureText.Shorten(string.Join(", ", tags)),
            Subject = labels.GetValueOrDefault("service") ?? labels.GetValueOrDefault("app") ?? labels.GetValueOrDefault("job"),
            Labels = labels,
            Invocation = invocation,
            Link = LinkTo(annotation)?.AbsoluteUri,
        };
    }

    /// <summary>Tags of the form name:value or name=value are labels; the others are joined under "tags".</summary>
    private static Dictionary<string, string> LabelsOf(List<string> tags)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var plain = new List<string>();
        foreach (var tag in tags)
        {
            var at = tag.AsSpan().IndexOfAny(':', '=');
            if (at > 0 && at < tag.Length - 1)
            {
                labels.TryAdd(tag[..at].Trim(), tag[(at + 1)..].Trim());
            }
            else
            {
                plain.Add(tag);
            }
        }

        if (plain.Count > 0)
        {
            labels.TryAdd("tags", string.Join(',', plain));
        }

        return labels;
    }

    private Uri? LinkTo(AnnotationAnswer annotation) => annotation.DashboardUID is not { Length: > 0 } uid
        ? null
        : new Uri(options.ExternalUrl, string.Create(
            CultureInfo.InvariantCulture,
            $"d/{Uri.EscapeDataString(uid)}?from={annotation.Time - 1_800_000}&to={annotation.Time + 1_800_000}{(annotation.PanelId > 0 ? $"&viewPanel={annotation.PanelId}" : "")}"));
}

/// <summary>One annotation; times are Unix milliseconds.</summary>
internal sealed record AnnotationAnswer
{
    public required long Time { get; init; }

    public string? Text { get; init; }

    public List<string>? Tags { get; init; }

    public string? DashboardUID { get; init; }

    public long PanelId { get; init; }
}
