using System.Globalization;
using System.Text;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Applications.Proposing;

/// <summary>
/// Proposes a first profile from what a metric source has of the last hour. It asks for the series of that name, the metadata and one query for how slow
/// things are; nothing is in the proposal that the source did not show.
/// </summary>
public sealed class ProposeApplication(IDatasources sources, TimeProvider time)
{
    private const int MaxSeries = 20_000;
    private const int MaxNamesRead = 5_000;
    private const int MaxNames = 5;

    public async Task<ProposalOutcome> ProposeAsync(Caller caller, ProposalWish wish, CancellationToken cancellationToken)
    {
        var name = wish.Name.Trim();
        if (NameMatch.Normal(name).Length < 2 || name.Length > NameMatch.MaxName || !NameMatch.IsUsable(name))
        {
            return ProposalOutcome.Not(ProposalVerdict.BadName, $"name must have 2 to {NameMatch.MaxName} characters that can be seen.");
        }

        var (source, failure) = await sources.ForQueryAsync<IMetricSource>(
            caller, Permission.ReadMetrics, wish.Datasource, "metrics", "PROMETHEUS_URL", cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            return ProposalOutcome.Not(ProposalVerdict.NoSource, failure!.Message ?? "There is no source of metrics.");
        }

        try
        {
            return await LookAsync(source, name, wish.Datasource, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException failed)
        {
            return ProposalOutcome.Not(ProposalVerdict.SourceFailed, $"{source.Name}: {failed.Message}");
        }
    }

    private async Task<ProposalOutcome> LookAsync(IMetricSource source, string name, string? datasource, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var window = new TimeWindow(now.AddHours(-1), now);
        var series = await source.FindSeriesAsync(NameMatch.Selectors(name), window, MaxSeries, cancellationToken).ConfigureAwait(false);
        if (NameMatch.Best(name, series.Items) is not { } match)
        {
            return await NamesAsync(source, name, window, cancellationToken).ConfigureAwait(false);
        }

        var metadata = await source.ListMetadataAsync(cancellationToken).ConfigureAwait(false);
        var found = new FoundApplication(match, series.Items, metadata);
        var notes = new List<string>(series.Notes);
        if (series.Items.Count >= MaxSeries)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"Only the first {MaxSeries} series were looked at."));
        }

        var because = new List<ProposalReason>();
        var measures = new ProposedMeasures(found, because);
        var measured = await MeasureAsync(source, measures.Latency, now, notes, cancellationToken).ConfigureAwait(false);
        return new ProposalOutcome(
            ProposalVerdict.Proposed, new ApplicationProposal(Profile(name, datasource, found, measures, measured, because), because, source.Name, notes), "", []);
    }

    private static ApplicationProfile Profile(
        string name, string? datasource, FoundApplication found, ProposedMeasures measures, IReadOnlyList<MetricSample> measured, List<ProposalReason> because)
    {
        var match = found.Match;
        because.Add(new ProposalReason("metrics", match.Quality switch
        {
            0 => $"The label {match.Label} has the value {match.Values[0]}.",
            1 => $"The label {match.Label} has {string.Join(" and ", match.Values.Take(3))}, which is the name in another spelling.",
            _ => $"No label has that name as its value; {match.Label} has {match.Values.Count} values that begin with it, such as {match.Values[0]}.",
        }));
        var parts = new ProposedParts(found, because);
        var single = match.Values.Count == 1 ? match.Values[0] : null;
        return new ApplicationProfile
        {
            Id = Slug(single is not null && match.Quality < 2 ? single : name),
            Name = name,
            Metrics = new SourceMapping(datasource, single is null ? SourceMapping.NoLabels : new Dictionary<string, string> { [match.Label] = single }),
            Components = parts.Components(),
            Environments = parts.Environments(),
            DefaultMetrics = measures.DefaultMetrics(),
            Slos = measures.Slos(measured),
        };
    }

    private static async Task<IReadOnlyList<MetricSample>> MeasureAsync(
        IMetricSource source, SignalQuery? latency, DateTimeOffset now, List<string> notes, CancellationToken cancellationToken)
    {
        if (latency is null)
        {
            return [];
        }

        try
        {
            return (await source.QueryAsync(latency.Query, now, cancellationToken).ConfigureAwait(false)).Items;
        }
        catch (SourceException failed)
        {
            notes.Add($"How slow it is could not be measured, so no objective of latency is proposed: {failed.Message}");
            return [];
        }
    }

    private static async Task<ProposalOutcome> NamesAsync(IMetricSource source, string name, TimeWindow window, CancellationToken cancellationToken)
    {
        var some = await source
            .FindSeriesAsync(["up", "{__name__=~\".+_info\"}", "{__name__=~\".+requests_total\"}"], window, MaxNamesRead, cancellationToken).ConfigureAwait(false);
        var names = NameMatch.Closest(name, some.Items, MaxNames);
        return ProposalOutcome.Not(
            ProposalVerdict.NoMatch,
            names.Count == 0
                ? $"{source.Name} has no series of the last hour with a label that names an application."
                : $"{source.Name} has nothing of that name in the last hour. The closest names there are: {string.Join(", ", names)}.",
            names);
    }

    private static string Slug(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in name.ToLowerInvariant())
        {
            slug.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-');
        }

        var cut = slug.ToString(0, Math.Min(slug.Length, ApplicationRules.MaxId)).Trim('-', '.', '_');
        return cut.Length == 0 ? "application" : cut;
    }
}
