namespace Nightwatch.Domain.Applications;

/// <content>What an objective must be.</content>
public static partial class ApplicationRules
{
    public const int MaxWindowDays = 90;

    private const double MaxThresholdSeconds = 3_600;

    private static void Objective(ApplicationProblems problems, string path, ServiceLevelObjective slo, HashSet<string> components)
    {
        if (!(slo.Objective is > 0 and < 100))
        {
            problems.Add($"{path}.objective", "objective must be a percentage above 0 and below 100, such as 99.9.");
        }

        if (slo.WindowDays is < 1 or > MaxWindowDays)
        {
            problems.Add($"{path}.windowDays", $"windowDays must be 1 to {MaxWindowDays}.");
        }

        if (slo.Component is { } component && !components.Contains(component))
        {
            problems.Add($"{path}.component", $"There is no component {Shown(component)} in this profile.");
        }

        foreach (var (name, query) in new[] { ("good", slo.Good), ("total", slo.Total), ("query", slo.Query) })
        {
            if (query is not null)
            {
                Text(problems, $"{path}.{name}", query, MaxQuery, lines: true);
            }
        }

        if (slo.Kind == SloKind.LatencyP95)
        {
            Latency(problems, path, slo);
        }
        else
        {
            Share(problems, path, slo);
        }
    }

    private static void Latency(ApplicationProblems problems, string path, ServiceLevelObjective slo)
    {
        if (!(slo.ThresholdSeconds is > 0 and <= MaxThresholdSeconds))
        {
            problems.Add($"{path}.thresholdSeconds", $"An objective of latency needs thresholdSeconds above 0, at most {MaxThresholdSeconds}.");
        }

        if (slo.Good is not null || slo.Total is not null)
        {
            problems.Add(slo.Good is not null ? $"{path}.good" : $"{path}.total", "An objective of latency takes query, not good and total.");
        }
    }

    private static void Share(ApplicationProblems problems, string path, ServiceLevelObjective slo)
    {
        if (slo.ThresholdSeconds is not null)
        {
            problems.Add($"{path}.thresholdSeconds", "thresholdSeconds is for objectives of latency only.");
        }

        if (slo.Query is not null)
        {
            problems.Add($"{path}.query", "query is for objectives of latency only; write good and total.");
        }

        if (slo.Good is null != slo.Total is null)
        {
            problems.Add(slo.Good is null ? $"{path}.good" : $"{path}.total", "good and total are given together, or both left out.");
        }
    }
}
