namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>What an incident did: each measure during it, and in the same stretch before.</summary>
internal static class ImpactPlan
{
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    public static IEnumerable<ProposedQuery> Write(Understanding understanding, TranslationContext context)
    {
        var during = WithWindow(understanding, context);
        foreach (var measure in Measures(during, context))
        {
            foreach (var query in BaselinePlan.Pair(measure, during with { Statistic = CountsUsers(during) ? Statistic.Count : Statistic.None }, context, 0.75))
            {
                yield return query;
            }
        }
    }

    private static IEnumerable<BoundMeasure> Measures(Understanding understanding, TranslationContext context)
    {
        if (CountsUsers(understanding))
        {
            return new[] { KnownMeasures.First(understanding, context, "service.users"), KnownMeasures.First(understanding, context, KnownMeasures.Requests) }.OfType<BoundMeasure>();
        }

        var wide = understanding.Wishes.Contains("blast") || understanding.GroupBy.Count > 0 || understanding.Entities.Count == 0;
        if (KnownMeasures.IsHost(understanding))
        {
            return KnownMeasures.Vital(understanding, context).Where(m => m.Template.Id != "target.up");
        }

        var by = wide && understanding.GroupBy.Count == 0 ? understanding with { GroupBy = ["service"] } : understanding;
        string[][] services = [KnownMeasures.Errors, KnownMeasures.Latency, KnownMeasures.Requests, KnownMeasures.Availability, ["client.errors"]];
        return services.Select(ids => KnownMeasures.First(by with { Quantile = 0.95 }, context, ids)).OfType<BoundMeasure>();
    }

    private static bool CountsUsers(Understanding understanding) => understanding.Measures.Contains("user");

    private static Understanding WithWindow(Understanding understanding, TranslationContext context)
    {
        if (understanding.Time is not null)
        {
            return understanding;
        }

        var window = context.Incident ?? new Datasources.TimeWindow(context.Now - Recent, context.Now);
        return understanding with { Time = new TimeReference(TimeMeaning.Window, window, "") { IsIncident = true } };
    }
}
