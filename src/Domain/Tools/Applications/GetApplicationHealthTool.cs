using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.History;

namespace Nightwatch.Domain.Tools.Applications;

public sealed record GetApplicationHealthArguments : ApplicationArguments;

/// <summary>get_application_health: an application against its objectives.</summary>
internal sealed class GetApplicationHealthTool(FindReach find, HistoryTimes times, QueryLimits limits) : Tool<GetApplicationHealthArguments>(
    "get_application_health",
    "Measures an application against its objectives (SLOs) over a window, the last 24 hours when nothing is said. Data: {verdict (healthy, degraded, unhealthy, unknown), reasons, objectives: [{name, kind, objective, measured (percent), compliant, error_budget_left, burn_rate, coverage, bad_minutes, bad_intervals: [{start, end, minutes, worst}], queries}], step_seconds}.",
    Permission.ReadMetrics,
    ToolEffects.Reads)
{
    protected override async Task<ToolResult> RunAsync(Caller caller, GetApplicationHealthArguments arguments, CancellationToken cancellationToken) =>
        await AskAsync(arguments.Invocation(Descriptor.Name), null, async () =>
        {
            var question = arguments.Question();
            var (reach, failure) = await find.FindAsync<IMetricSource>(caller, Permission.ReadMetrics, question, cancellationToken).ConfigureAwait(false);
            var (window, wrong) = times.Window(arguments.Start, arguments.End, TimeSpan.FromDays(1));
            if (reach is null || window is null)
            {
                return failure ?? wrong!;
            }

            if (window.Length < TimeSpan.FromMinutes(1))
            {
                return Outcome.Wrong("start", "start must be at least a minute before end.");
            }

            using var ask = new AskSource(times, limits);
            var answer = await new MeasureHealth(ask).MeasureAsync(
                reach,
                async component => (await find.FindAsync<IMetricSource>(caller, Permission.ReadMetrics, question with { Component = component }, cancellationToken).ConfigureAwait(false)).Reach,
                caller,
                window,
                cancellationToken).ConfigureAwait(false);
            var note = answer.StepSeconds > 60 ? $"evaluated every {answer.StepSeconds:0} s, since the window is long" : null;
            return Outcome.Success(answer, note) with { Source = reach.Source.Name };
        }).ConfigureAwait(false);
}
