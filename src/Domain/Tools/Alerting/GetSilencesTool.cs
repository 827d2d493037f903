using System.ComponentModel;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

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
internal sealed class GetSilencesTool(IDatasources sources) : Tool<GetSilencesArguments>(
    "get_silences",
    "Lists silences, active ones first. Data: {silences: [{id, state, matchers: [{name, value, is_regex, is_equal}], starts_at, ends_at, created_by, comment}], total}.",
    Permission.ReadAlerts,
    ToolEffects.Reads)
{
    private const string Invocation = "GET /api/v2/silences";
    private static readonly string[] Order = ["active", "pending", "expired"];

    protected override async Task<ToolResult> RunAsync(Caller caller, GetSilencesArguments arguments, CancellationToken cancellationToken)
    {
        var (source, failure) = await sources.ForFilteringAsync<IAlertSource>(
            caller, Permission.ReadAlerts, "alerts", "ALERTMANAGER_URL", cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            return failure! with { Invocation = Invocation };
        }

        return await AskAsync(Invocation, source.SilencesPage?.AbsoluteUri, async () =>
        {
            var wanted = arguments.State is { } state ? ToolJson.ToElement(state).GetString() : null;
            var silences = (await source.ListSilencesAsync(cancellationToken).ConfigureAwait(false))
                .Where(s => (wanted is null || s.State == wanted) && caller.May(Permission.ReadAlerts, TargetOf(s, source.Name)))
                .OrderBy(s => (uint)Array.IndexOf(Order, s.State))
                .ThenByDescending(s => s.StartsAt)
                .ThenBy(s => s.Id, StringComparer.Ordinal)
                .ToList();
            return silences.Count == 0
                ? Outcome.NoData(wanted is null ? "There are no silences." : $"No silence is {wanted}.")
                : Outcome.Success(new SilencesData(silences, silences.Count));
        }).ConfigureAwait(false);
    }

    /// <summary>A silence is about what its plain equalities name; any other may reach beyond one application.</summary>
    private static AccessTarget TargetOf(AlertSilence silence, string source)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var matcher in silence.Matchers.Where(m => m is { IsEqual: true, IsRegex: false }))
        {
            labels[matcher.Name] = matcher.Value;
        }

        return AccessTarget.Of(labels, source);
    }

    private sealed record SilencesData(IReadOnlyList<AlertSilence> Silences, int Total);
}
