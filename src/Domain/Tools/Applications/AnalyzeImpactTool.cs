using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.History;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tools.Applications;

public sealed record AnalyzeImpactArguments : ApplicationArguments
{
    [Description("Id of an incident, whose time is the window; instead of start and end.")]
    [Length(1, 200)]
    public string? Incident { get; init; }

    [Description("What to compare with: hour-before (when left out), day-before, week-before, or start and end as two times with a comma between them.")]
    [Length(1, 100)]
    public string? Baseline { get; init; }
}

/// <summary>analyze_impact: an application during an incident beside how it usually is.</summary>
internal sealed class AnalyzeImpactTool(FindReach find, HistoryTimes times, QueryLimits limits, IDocuments<Incident> incidents, TimeProvider time) : Tool<AnalyzeImpactArguments>(
    "analyze_impact",
    "Compares the signals of an application (requests, errors, durations, processor, memory, disk, network, log errors) in a window with a baseline. Data: {signals: [{signal, title, unit, compared: {value, baseline, ratio, effect, beyond, direction}, components, instances, queries, missing}], affected_components, affected_instances, estimated_failed_requests, requests, window, baseline, missing}; the largest effect first.",
    Permission.ReadMetrics,
    ToolEffects.Reads)
{
    protected override async Task<ToolResult> RunAsync(Caller caller, AnalyzeImpactArguments arguments, CancellationToken cancellationToken) =>
        await AskAsync(arguments.Invocation(Descriptor.Name, ("incident", arguments.Incident), ("baseline", arguments.Baseline)), null, async () =>
        {
            var question = arguments.Question();
            var (reach, failure) = await find.FindAsync<IMetricSource>(caller, Permission.ReadMetrics, question, cancellationToken).ConfigureAwait(false);
            var (window, wrong) = await WindowAsync(caller, arguments, cancellationToken).ConfigureAwait(false);
            if (reach is null || window is null)
            {
                return failure ?? wrong!;
            }

            if (window.Length < TimeSpan.FromMinutes(1))
            {
                return Outcome.Wrong("start", "start must be at least a minute before end.");
            }

            if (BaselineOf(arguments.Baseline, window) is not { } baseline)
            {
                return Outcome.Wrong("baseline", "baseline must be hour-before, day-before, week-before, or two times such as 2026-11-18T08:00:00Z,2026-11-18T09:00:00Z, the earlier one first.");
            }

            if (times.Window(baseline.Start, baseline.End, TimeSpan.Zero).Failure is { } tooLong)
            {
                return tooLong with { Fault = new ToolFault(ToolFaultKind.Argument, "baseline") };
            }

            using var ask = new AskSource(times, limits);
            var (logs, noLogs) = await LogsAsync(caller, question, cancellationToken).ConfigureAwait(false);
            var answer = await new AnalyzeImpact(ask, limits.MaxRange).AnalyzeAsync(reach, logs, noLogs, caller, window, baseline, cancellationToken).ConfigureAwait(false);
            return Outcome.Success(answer) with { Source = reach.Source.Name };
        }).ConfigureAwait(false);

    internal static TimeWindow? BaselineOf(string? text, TimeWindow window) => text switch
    {
        null or "hour-before" => Ago(window.Start, TimeSpan.FromHours(1)) is { } start ? new TimeWindow(start, window.Start) : null,
        "day-before" => Ago(window.Start, TimeSpan.FromDays(1)) is null ? null : window.Shift(-TimeSpan.FromDays(1)),
        "week-before" => Ago(window.Start, TimeSpan.FromDays(7)) is null ? null : window.Shift(-TimeSpan.FromDays(7)),
        _ => text.Split(',') is [var first, var last] && TimeOf(first) is { } from && TimeOf(last) is { } to && from < to ? new TimeWindow(from, to) : null,
    };

    private static DateTimeOffset? Ago(DateTimeOffset at, TimeSpan by) => at - DateTimeOffset.MinValue > by ? at - by : null;

    private static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParse(text.Trim(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private async Task<(TimeWindow? Window, ToolResult? Wrong)> WindowAsync(Caller caller, AnalyzeImpactArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Incident is not { } id)
        {
            return times.Window(arguments.Start, arguments.End, TimeSpan.FromHours(1));
        }

        if (arguments.Start is not null || arguments.End is not null)
        {
            return (null, Outcome.Wrong("incident", "incident cannot be given together with start or end."));
        }

        return await incidents.ReadAsync(caller.Tenant, id, cancellationToken).ConfigureAwait(false) is { } read && IncidentAccess.Show(read.Value, caller) is { } incident
            ? times.Window(incident.StartsAt, incident.ResolvedAt ?? time.GetUtcNow(), TimeSpan.Zero)
            : (null, Outcome.Wrong("incident", "There is no such incident.") with { Fault = new ToolFault(ToolFaultKind.NotFound, "incident") });
    }

    private async Task<(ApplicationReach<ILogSource>? Logs, string? Why)> LogsAsync(Caller caller, ApplicationQuestion question, CancellationToken cancellationToken)
    {
        if (!caller.May(Permission.ReadLogs))
        {
            return (null, "log errors were not looked at: the permission read:logs was not granted");
        }

        var (logs, failure) = await find.FindAsync<ILogSource>(caller, Permission.ReadLogs, question with { Source = null }, cancellationToken).ConfigureAwait(false);
        return logs is null ? (null, $"log errors were not looked at: {failure!.Message}")
            : logs.IsMapped ? (logs, null)
            : (null, "log errors were not looked at: the profile has no labels for logs");
    }
}
