using System.ComponentModel;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Domain.Tools.Alerting;

public enum SilenceState
{
    Pending,
    Active,
    Expired,
}

public sealed record GetSilencesArguments
{
    [Description("Only silences in this state.")]
    public SilenceState? State { get; init; }
}

/// <summary>get_silences: who silenced what, and until when.</summary>
internal sealed class GetSilencesTool(IEnumerable<IAlertSource> sources) : Tool<GetSilencesArguments>(
    "get_silences",
    "Lists silences, active ones first. Data: {silences: [{id, state, matchers: [{name, value, is_regex, is_equal}], starts_at, ends_at, created_by, comment}], total}.",
    Permission.ReadAlerts,
    ToolEffects.Reads)
{
    private const string Invocation = "GET /api/v2/silences";
    private static readonly string[] Order = ["active", "pending", "expired"];

    private readonly List<IAlertSource> sources = [.. sources];

    protected override async Task<ToolResult> RunAsync(string tenant, GetSilencesArguments arguments, CancellationToken cancellationToken)
    {
        var (source, failure) = SourceChoice.Choose(sources, s => s.Name, null, "alerts", "ALERTMANAGER_URL");
        if (source is null)
        {
            return failure! with { Invocation = Invocation };
        }

        return await AskAsync(Invocation, source.SilencesPage?.AbsoluteUri, async () =>
        {
            var wanted = arguments.State is { } state ? ToolJson.ToElement(state).GetString() : null;
            var silences = (await source.ListSilencesAsync(cancellationToken).ConfigureAwait(false))
                .Where(s => wanted is null || s.State == wanted)
                .OrderBy(s => (uint)Array.IndexOf(Order, s.State))
                .ThenByDescending(s => s.StartsAt)
                .ThenBy(s => s.Id, StringComparer.Ordinal)
                .ToList();
            return silences.Count == 0
                ? Outcome.NoData(wanted is null ? "There are no silences." : $"No silence is {wanted}.")
                : Outcome.Success(new SilencesData(silences, silences.Count));
        }).ConfigureAwait(false);
    }

    private sealed record SilencesData(IReadOnlyList<AlertSilence> Silences, int Total);
}
