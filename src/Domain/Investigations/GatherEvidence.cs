using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Injection;
using Nightwatch.Domain.Investigations.Gathering;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations;

/// <summary>What became of asking one question.</summary>
public sealed record GatherOutcome
{
    /// <summary>True when evidence (an answer or a gap) is stored for the step.</summary>
    public required bool Recorded { get; init; }

    /// <summary>True when the source was down or slow and asking again may help.</summary>
    public required bool Retry { get; init; }
}

/// <summary>Asks one planned question through the tool catalogue, with permission to read only, and stores the answer, or why there is none.</summary>
public sealed class GatherEvidence(IDocuments<Investigation> investigations, IDocuments<Evidence> evidence, IToolCatalog tools, TimeProvider time)
{
    private static readonly Dictionary<string, IToolReader> Readers = new IToolReader[]
    {
        new RangeReader(), new SamplesReader(), new MetricsReader(), new ChangesReader(), new AlertsReader(), new HistoryReader(), new SimilarReader(), new SilencesReader(), new LogsReader(),
    }.ToDictionary(r => r.Tool, StringComparer.Ordinal);

    /// <summary>Longer texts of a source are cut: a message is one line.</summary>
    private const int MaxMessage = 500;

    /// <summary>Nightwatch itself, which only reads while it investigates: nothing that an alert or a log line says gives it more.</summary>
    internal static Caller Investigator(string tenant, string investigationId) => Caller.ForSystem(tenant, Role.Viewer.Permissions, investigationId);

    /// <param name="lastAttempt">True when nobody will ask again: a failure is then stored as a gap.</param>
    public Task<GatherOutcome> GatherAsync(string tenant, string investigationId, string stepId, bool lastAttempt, CancellationToken cancellationToken) =>
        GatherAsync(tenant, investigationId, stepId, lastAttempt, attempt: 1, cancellationToken);

    /// <param name="attempt">1 for the first; kept with the evidence.</param>
    public async Task<GatherOutcome> GatherAsync(
        string tenant, string investigationId, string stepId, bool lastAttempt, int attempt, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenant, investigationId, stepId, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return new GatherOutcome { Recorded = false, Retry = false };
        }

        var (step, subject) = found;
        if (await evidence.ReadAsync(tenant, Evidence.IdOf(investigationId, stepId), cancellationToken).ConfigureAwait(false) is not null)
        {
            return new GatherOutcome { Recorded = true, Retry = false };
        }

        var request = new ToolRequest
        {
            Name = step.Tool,
            Caller = Investigator(tenant, investigationId),
            DecidedBy = ToolDecision.Rules,
            Arguments = step.Arguments,
            Timeout = TimeSpan.FromSeconds(step.TimeoutSeconds),
        };
        var result = await tools.InvokeAsync(request, cancellationToken).ConfigureAwait(false);
        if (result is { Status: ToolStatus.Error, Transient: true } && !lastAttempt)
        {
            return new GatherOutcome { Recorded = false, Retry = true };
        }

        await StoreAsync(Make(tenant, investigationId, step, subject, result) with { Attempts = attempt }, cancellationToken).ConfigureAwait(false);
        return new GatherOutcome { Recorded = true, Retry = false };
    }

    /// <summary>Stores a gap for a step whose activity failed for good; an answer that came after all stays.</summary>
    public async Task RecordGapAsync(string tenant, string investigationId, string stepId, string why, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenant, investigationId, stepId, cancellationToken).ConfigureAwait(false) is var (step, subject))
        {
            var failed = new ToolResult { Status = ToolStatus.Error, Invocation = $"{step.Tool} {step.Arguments}", Message = why };
            await StoreAsync(Make(tenant, investigationId, step, subject, failed), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(EvidenceStep Step, InvestigationSubject Subject)?> FindAsync(
        string tenant, string investigationId, string stepId, CancellationToken cancellationToken)
    {
        var investigation = (await investigations.ReadAsync(tenant, investigationId, cancellationToken).ConfigureAwait(false))?.Value;
        return investigation?.Subject is { } subject && investigation.Steps.FirstOrDefault(s => s.Id == stepId) is { } step ? (step, subject) : null;
    }

    /// <summary>Creates only: whoever was first has answered.</summary>
    private async Task StoreAsync(Evidence made, CancellationToken cancellationToken) =>
        await evidence.WriteAsync(made.Tenant, DocumentWrite<Evidence>.Create(made.Id, made), cancellationToken).ConfigureAwait(false);

    private Evidence Make(string tenant, string investigationId, EvidenceStep step, InvestigationSubject subject, ToolResult result)
    {
        var reading = result is { Status: ToolStatus.Success, Data: { } data } && Readers.TryGetValue(step.Tool, out var reader)
            ? reader.Read(step, subject, data)
            : null;
        return new Evidence
        {
            Id = Evidence.IdOf(investigationId, step.Id),
            Tenant = tenant,
            InvestigationId = investigationId,
            StepId = step.Id,
            Topic = step.Topic,
            Title = step.Title,
            Component = step.Component,
            Tool = step.Tool,
            Status = result.Status,
            Invocation = result.Invocation,
            Link = result.Link,
            Message = Shorten(string.Join("; ", new[] { result.Message, reading?.Message, Warning(reading) }.Where(m => !string.IsNullOrEmpty(m)))),
            Summary = reading?.Summary ?? (result.Status == ToolStatus.NoData ? $"{step.Title}: there is no data." : $"{step.Title}: not known."),
            Facts = reading?.Facts ?? [],
            Items = reading?.Items ?? [],
            RecordedAt = time.GetUtcNow(),
        };
    }

    /// <summary>People read the text as it is; they are told that it was not written for them.</summary>
    private static string? Warning(EvidenceReading? reading)
    {
        var found = reading?.Items.Select(i => InjectionScan.Find(i.Text)).FirstOrDefault(why => why is not null);
        return found is null ? null : $"some of this text speaks to an AI as if it were an instruction ({found}); it was treated as data and kept from the model";
    }

    private static string? Shorten(string text) => text.Length == 0 ? null : text.Length <= MaxMessage ? text : text[..MaxMessage] + "...";
}
