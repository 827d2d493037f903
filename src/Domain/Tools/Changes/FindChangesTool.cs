using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;

namespace Nightwatch.Domain.Tools.Changes;

public sealed record FindChangesArguments
{
    [Description("RFC 3339.")]
    public required DateTimeOffset Start { get; init; }

    [Description("RFC 3339; at most 168 hours after start.")]
    public required DateTimeOffset End { get; init; }

    [Description("Only changes of what these conditions match, such as {service=\"orders\"}; annotations that say nothing of these labels are kept.")]
    [Length(2, 2048)]
    public string? Selector { get; init; }
}

/// <summary>find_changes: deployments, restarts, creations and annotations of a window, from every source that may know of some.</summary>
internal sealed class FindChangesTool(IDatasources sources, QueryLimits limits) : Tool<FindChangesArguments>(
    "find_changes",
    "Finds what changed in a window, newest first. Data: {changes: [{at, kind (deployment, rollback, restart, creation, annotation), summary, subject, labels, invocation, link}], total}.",
    Permission.ReadMetrics,
    ToolEffects.Reads)
{
    private const int MaxChanges = 300;

    protected override async Task<ToolResult> RunAsync(Caller caller, FindChangesArguments arguments, CancellationToken cancellationToken)
    {
        var invocation = $"find_changes start={ToolLimits.Iso(arguments.Start)} end={ToolLimits.Iso(arguments.End)} selector={arguments.Selector ?? "{}"}";
        var (window, wrong) = limits.Window(arguments.Start, arguments.End);
        var selector = LabelSelector.TryParse(arguments.Selector);
        if (window is null || selector is null)
        {
            return Outcome.Error(wrong ?? "selector must be conditions on labels in braces, such as {service=\"orders\"}.") with { Invocation = invocation };
        }

        var asked = await AskAllAsync(caller, window, selector, cancellationToken).ConfigureAwait(false);
        if (asked.Count == 0)
        {
            return Outcome.Error("Nothing that knows of changes is configured, or open as a whole to this caller; set PROMETHEUS_URL or GRAFANA_URL.") with { Invocation = invocation };
        }

        var answers = await Task.WhenAll(asked).ConfigureAwait(false);
        return Combine(answers) with { Invocation = invocation };
    }

    private async Task<List<Task<Answer>>> AskAllAsync(Caller caller, TimeWindow window, LabelSelector selector, CancellationToken cancellationToken)
    {
        var asked = new List<Task<Answer>>();
        var metrics = await sources.ListAsync<IMetricSource>(caller.Tenant, cancellationToken).ConfigureAwait(false);
        if (metrics.FirstOrDefault(m => caller.MayQuery(Permission.ReadMetrics, m.Name)) is { } source)
        {
            var changes = new MetricChanges(source.For(caller), selector, window);
            asked.Add(TryAsync("build versions", changes.DeploymentsAsync(cancellationToken)));
            asked.Add(TryAsync("process starts", changes.RestartsAsync(cancellationToken)));
            asked.Add(TryAsync("Kubernetes objects", changes.CreationsAsync(cancellationToken)));
        }

        var annotations = await sources.ListAsync<IChangeSource>(caller.Tenant, cancellationToken).ConfigureAwait(false);
        asked.AddRange(annotations
            .Where(a => caller.MayQuery(Permission.ReadMetrics, a.Name))
            .Select(a => TryAsync($"annotations of {a.Name}", AnnotationsAsync(a, window, selector, cancellationToken))));
        return asked;
    }

    private static async Task<IReadOnlyList<ChangeEvent>> AnnotationsAsync(IChangeSource source, TimeWindow window, LabelSelector selector, CancellationToken cancellationToken) =>
        [.. (await source.FindChangesAsync(window, cancellationToken).ConfigureAwait(false)).Where(c => selector.Allows(c.Labels))];

    /// <summary>One source that is down hides only what it alone knows.</summary>
    private static async Task<Answer> TryAsync(string what, Task<IReadOnlyList<ChangeEvent>> asking)
    {
        try
        {
            return new Answer(await asking.ConfigureAwait(false), null);
        }
        catch (SourceException exception)
        {
            return new Answer([], Outcome.Of(exception) with { Message = $"{what} not known: {exception.Message}" });
        }
    }

    private static ToolResult Combine(IReadOnlyList<Answer> answers)
    {
        var failures = answers.Select(a => a.Failure).OfType<ToolResult>().ToList();
        var notes = Outcome.Notes(failures.Select(f => f.Message));
        var found = answers.SelectMany(a => a.Changes).OrderByDescending(c => c.At).ThenBy(c => c.Summary, StringComparer.Ordinal).ToList();
        if (found.Count > 0)
        {
            var left = found.Count > MaxChanges ? $"the newest {MaxChanges} of {found.Count} changes are shown" : null;
            return Outcome.Success(new ChangesData([.. found.Take(MaxChanges)], found.Count), Outcome.Notes(left, notes));
        }

        // Nothing found by those that answered is no proof that nothing changed.
        return failures.Count > 0
            ? Outcome.Error(notes!, failures.Exists(f => f.Transient))
            : Outcome.NoData("No deployment, rollback, restart, creation or annotation is known in that time.");
    }

    private sealed record Answer(IReadOnlyList<ChangeEvent> Changes, ToolResult? Failure);

    private sealed record ChangesData(IReadOnlyList<ChangeEvent> Changes, int Total);
}
