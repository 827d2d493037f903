using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.Asking.Catalogues;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>Finds what a question is read against, as far as the caller may see it, and refuses what cannot be taken.</summary>
public sealed class PrepareQuestion(
    IDatasources sources, QueryCatalogues catalogues, ProfileNames names, IncidentTimes incidents, IDocuments<StoredUnderstanding> understandings, TimeProvider time)
{
    private const int LongestName = 128;

    internal async Task<(QuestionSetting? Setting, AskOutcome? Refusal)> PrepareAsync(Caller caller, AskedQuestion asked, CancellationToken cancellationToken)
    {
        var question = asked.Question?.Trim() ?? "";
        if (Wrong(question, asked) is { } wrong)
        {
            return (null, wrong);
        }

        var previous = asked.Follows is null ? null : await PreviousAsync(caller, asked.Follows, cancellationToken).ConfigureAwait(false);
        if (asked.Follows is not null && previous is null)
        {
            return (null, Refused("follows", "There is no answer of yours with this id, or it is older than a day; ask the whole question."));
        }

        var zoneName = asked.TimeZone ?? previous?.TimeZone ?? "UTC";
        if (!TryFindZone(zoneName, out var zone))
        {
            return (null, Refused("timeZone", "This is no time zone that is known; give an IANA name such as Europe/Berlin."));
        }

        var incident = await incidents.FindAsync(caller, asked.Incident ?? previous?.Incident, cancellationToken).ConfigureAwait(false);
        if (asked.Incident is not null && incident is null)
        {
            return (null, Refused("incident", "There is no incident with this id that you may see."));
        }

        var profiles = await names.ProfilesAsync(caller, cancellationToken).ConfigureAwait(false);
        var (chosen, refusal) = await ChooseAsync(caller, question, asked, previous, profiles, cancellationToken).ConfigureAwait(false);
        return chosen is null ? (null, refusal) : (await ReadAsync(caller, question, zone, chosen, previous, incident, profiles, cancellationToken).ConfigureAwait(false), null);
    }

    private async Task<QuestionSetting> ReadAsync(
        Caller caller, string question, TimeZoneInfo zone, Chosen chosen, StoredUnderstanding? previous, IncidentTime? incident, IReadOnlyList<ApplicationProfile> profiles, CancellationToken cancellationToken)
    {
        var metrics = ReadAsync(chosen.Metrics, catalogues.OfAsync, MetricCatalogue.Empty, cancellationToken);
        var logs = ReadAsync(chosen.Logs, catalogues.OfAsync, LogCatalogue.Empty, cancellationToken);
        var (knownMetrics, knownLogs) = (await metrics.ConfigureAwait(false), await logs.ConfigureAwait(false));
        var known = ProfileNames.Of(profiles);
        var version = string.Join('\n', [knownMetrics.Version, knownLogs.Version, .. profiles.Select(p => $"{p.Id} {p.Version}")]);
        return new QuestionSetting
        {
            Caller = caller,
            Question = question,
            Zone = zone,
            Metrics = chosen.Metrics,
            Logs = chosen.Logs,
            Version = TextHash.ShortOf(version),
            Incident = incident?.Id,
            Warnings = [.. chosen.Warnings, .. new[] { knownMetrics.Stale, knownLogs.Stale }.OfType<string>()],
            Gaps = [.. knownMetrics.Gaps, .. knownLogs.Gaps],
            Context = new TranslationContext
            {
                Now = time.GetUtcNow(),
                TimeZone = zone,
                Metrics = knownMetrics.Catalogue,
                Logs = knownLogs.Catalogue,
                Names = known,
                Previous = previous?.Understanding,
                Incident = incident?.Window,
                AlertFiredAt = incident?.FiredAt,
            },
        };
    }

    /// <summary>What is known of a source; nothing, and why, when it is down.</summary>
    private static async Task<CatalogueView<T>> ReadAsync<TSource, T>(
        TSource? source, Func<TSource, CancellationToken, Task<CatalogueView<T>>> read, T nothing, CancellationToken cancellationToken)
        where TSource : class, IDatasource
    {
        if (source is null)
        {
            return new(nothing, "none", default, []);
        }

        try
        {
            return await read(source, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException exception)
        {
            return new(nothing, "none", default, []) { Stale = $"what {source.Name} exposes is not known: {exception.Message}" };
        }
    }

    private async Task<(Chosen? Chosen, AskOutcome? Refusal)> ChooseAsync(
        Caller caller, string question, AskedQuestion asked, StoredUnderstanding? previous, IReadOnlyList<ApplicationProfile> profiles, CancellationToken cancellationToken)
    {
        var wished = ProfileNames.SourceFor(question, profiles, p => p.Metrics.Datasource) ?? previous?.Datasource;
        var (metrics, noMetrics) = await FindAsync<IMetricSource>(caller, Permission.ReadMetrics, asked.Datasource, wished, "metrics", "PROMETHEUS_URL", cancellationToken).ConfigureAwait(false);
        if (metrics is null && asked.Datasource is not null)
        {
            return (null, Refused("datasource", noMetrics!));
        }

        if (!caller.May(Permission.ReadLogs))
        {
            return asked.Logs is not null
                ? (null, Refused("logs", Outcome.Error($"Logs need the permission {Permissions.NameOf(Permission.ReadLogs)}, which was not granted.") with { Fault = new ToolFault(ToolFaultKind.NotOpen) }))
                : End(metrics, null, noMetrics, null);
        }

        wished = ProfileNames.SourceFor(question, profiles, p => p.Logs.Datasource) ?? previous?.Logs;
        var (logs, noLogs) = await FindAsync<ILogSource>(caller, Permission.ReadLogs, asked.Logs, wished, "logs", "LOKI_URL", cancellationToken).ConfigureAwait(false);
        return logs is null && asked.Logs is not null ? (null, Refused("logs", noLogs!)) : End(metrics, logs, noMetrics, noLogs);
    }

    private static (Chosen? Chosen, AskOutcome? Refusal) End(IMetricSource? metrics, ILogSource? logs, ToolResult? noMetrics, ToolResult? noLogs) =>
        metrics is null && logs is null && noMetrics?.Fault?.Kind == ToolFaultKind.NotOpen
            ? (null, Refused("datasource", noMetrics))
            : (new Chosen(metrics, logs, metrics is null && logs is null ? [.. new[] { noMetrics?.Message, noLogs?.Message }.OfType<string>()] : []), null);

    /// <summary>The one that was named; else the one that is wished, when it is open; else the first.</summary>
    private async Task<(T? Source, ToolResult? Failure)> FindAsync<T>(
        Caller caller, Permission permission, string? named, string? wished, string kind, string setting, CancellationToken cancellationToken)
        where T : class, IDatasource
    {
        var (source, failure) = await sources.ForQueryAsync<T>(caller, permission, named ?? wished, kind, setting, cancellationToken).ConfigureAwait(false);
        return source is null && named is null && wished is not null
            ? await sources.ForQueryAsync<T>(caller, permission, null, kind, setting, cancellationToken).ConfigureAwait(false)
            : (source, failure);
    }

    private async Task<StoredUnderstanding?> PreviousAsync(Caller caller, string id, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "N", out _) && await understandings.ReadAsync(caller.Tenant, id, cancellationToken).ConfigureAwait(false) is { Value: var stored }
            && stored.Owner == caller.Subject && stored.ExpiresAt > time.GetUtcNow()
            ? stored
            : null;

    private static AskOutcome? Wrong(string question, AskedQuestion asked) =>
        question.Length == 0 ? Refused("question", "question is missing.")
        : question.Length > AskedQuestion.MaxLength ? Refused("question", $"question must have at most {AskedQuestion.MaxLength} characters.")
        : Unacceptable(("follows", asked.Follows), ("incident", asked.Incident), ("datasource", asked.Datasource), ("logs", asked.Logs), ("timeZone", asked.TimeZone));

    private static AskOutcome? Unacceptable(params ReadOnlySpan<(string Field, string? Value)> fields)
    {
        foreach (var (field, value) in fields)
        {
            if (value is not null && (value.Length is 0 or > LongestName || value.Any(char.IsControl)))
            {
                return Refused(field, $"{field} must have 1 to {LongestName} characters.");
            }
        }

        return null;
    }

    private static bool TryFindZone(string name, out TimeZoneInfo zone)
    {
        // A path is no name: the system's files are looked up by it.
        var isName = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') && name[0] is not '/';
        zone = TimeZoneInfo.Utc;
        return isName && TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!);
    }

    private static AskOutcome Refused(string field, string problem) => new(null, field, problem);

    private static AskOutcome Refused(string field, ToolResult failure) => new(null, field, failure.Message) { Kind = failure.Fault?.Kind ?? ToolFaultKind.Argument };

    private sealed record Chosen(IMetricSource? Metrics, ILogSource? Logs, IReadOnlyList<string> Warnings);
}
