using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Incidents;

/// <summary>One auto-analyse rule: which alerts, and whether and how deep they are investigated.</summary>
public sealed record AnalysisRule
{
    public required string Name { get; init; }

    /// <summary>All must match; none matches every alert.</summary>
    public IReadOnlyList<LabelMatcher> Matchers { get; init; } = [];

    /// <summary>Any of these, in the normal form of <see cref="Incidents.Severities"/>; empty for every severity.</summary>
    public IReadOnlyCollection<string> Severities { get; init; } = [];

    /// <summary>Any of these intakes (alertmanager, grafana, generic); empty for every one.</summary>
    public IReadOnlyCollection<string> Sources { get; init; } = [];

    public DailyTimes? Times { get; init; }

    public required bool Investigate { get; init; }

    public InvestigationDepth Depth { get; init; } = InvestigationDepth.Standard;

    public string? Model { get; init; }

    /// <summary>Why the rule exists, for people.</summary>
    public string Reason { get; init; } = "";

    public bool Matches(AlertEpisode episode, DateTimeOffset now)
    {
        var severity = Incidents.Severities.Normalise(episode.Labels);
        return (Severities.Count == 0 || Severities.Contains(severity))
            && (Sources.Count == 0 || Sources.Contains(episode.Source))
            && (Times is null || Times.Contains(now))
            && Matchers.All(m => m.Matches(episode.Labels));
    }
}

/// <summary>
/// Hours of the day in a time zone, on some days; <see cref="To"/> before <see cref="From"/> runs past midnight and belongs to the day it began.
/// </summary>
public sealed record DailyTimes(IReadOnlyCollection<DayOfWeek> Days, TimeOnly From, TimeOnly To, TimeZoneInfo Zone)
{
    public bool Contains(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, Zone);
        var clock = TimeOnly.FromDateTime(local.DateTime);
        if (From < To)
        {
            return clock >= From && clock < To && IsOn(local.DayOfWeek);
        }

        // From == To is the whole day.
        return clock >= From ? IsOn(local.DayOfWeek) : clock < To && IsOn(local.AddDays(-1).DayOfWeek);
    }

    private bool IsOn(DayOfWeek day) => Days.Count == 0 || Days.Contains(day);
}

/// <summary>Ordered rules; the first that matches decides.</summary>
public sealed class AnalysisRules(IReadOnlyList<AnalysisRule> rules)
{
    public IReadOnlyList<AnalysisRule> Rules { get; } = rules;

    /// <summary>What holds without a file: heartbeats and information are not investigated, everything else is, at standard depth.</summary>
    public static AnalysisRules Default { get; } = new(
    [
        new AnalysisRule
        {
            Name = "heartbeats",
            Matchers = [LabelMatcher.From(new("alertname", "Watchdog|InfoInhibitor|DeadMansSwitch|DeadMansSnitch", IsRegex: true, IsEqual: true))],
            Investigate = false,
            Reason = "These alerts fire by design.",
        },
        new AnalysisRule
        {
            Name = "urgent",
            Severities = [Severities.Critical, Severities.Error],
            Investigate = true,
            Reason = "Critical and error alerts are always investigated.",
        },
        new AnalysisRule { Name = "warnings", Severities = [Severities.Warning], Investigate = true, Reason = "Warnings are investigated." },
        new AnalysisRule
        {
            Name = "information",
            Severities = [Severities.Info, Severities.None],
            Investigate = false,
            Reason = "Information is listed, not investigated.",
        },
    ]);

    public AnalysisDecision Decide(AlertEpisode episode, DateTimeOffset now)
    {
        foreach (var rule in Rules)
        {
            if (rule.Matches(episode, now))
            {
                return new AnalysisDecision { Investigate = rule.Investigate, Rule = rule.Name, Depth = rule.Depth, Model = rule.Model };
            }
        }

        return new AnalysisDecision { Investigate = false, Rule = "no rule matched", Depth = InvestigationDepth.Standard };
    }
}

/// <summary>Where the auto-analyse rules come from: the configuration file that the shell loaded, else the default ones.</summary>
public interface IAnalysisRules
{
    AnalysisRules For(string tenant);
}

/// <summary>Rules that were read once, the same for every tenant.</summary>
public sealed class FixedAnalysisRules(AnalysisRules rules) : IAnalysisRules
{
    public AnalysisRules For(string tenant) => rules;
}
