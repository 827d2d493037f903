using System.Globalization;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Investigations;

/// <summary>What is new in an investigation since a cursor.</summary>
public sealed record InvestigationProgress
{
    public required string InvestigationId { get; init; }

    public required InvestigationStatus Status { get; init; }

    /// <summary>Evidence that the cursor had not seen, in the order of the steps.</summary>
    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>Give it back to read on.</summary>
    public required string Cursor { get; init; }

    public required int StepsPlanned { get; init; }

    public required int StepsAnswered { get; init; }

    /// <summary>Set once concluded; there is nothing to wait for after that.</summary>
    public Conclusion? Conclusion { get; init; }

    public bool Done => Status == InvestigationStatus.Concluded;
}

/// <summary>
/// Feeds a stream from the store. The cursor tells which steps' answers were seen (one bit each, in hexadecimal), so nothing is missed or told twice
/// whichever process wrote the answers, and however late.
/// </summary>
public sealed class ListProgress(
    IDocuments<Investigation> investigations, IDocuments<Evidence> evidence, IDocuments<Incident> incidents, InvestigationAccess access)
{
    /// <param name="cursor">From the call before, or null or empty to begin. A cursor that is not ours begins again.</param>
    /// <returns>Null when there is none that the caller may see.</returns>
    public async Task<InvestigationProgress?> ReadAsync(Caller caller, string investigationId, string? cursor, CancellationToken cancellationToken)
    {
        if ((await investigations.ReadAsync(caller.Tenant, investigationId, cancellationToken).ConfigureAwait(false))?.Value is not { } stored)
        {
            return null;
        }

        var incident = (await incidents.ReadAsync(caller.Tenant, stored.IncidentId, cancellationToken).ConfigureAwait(false))?.Value;
        if (access.Show(stored, incident, caller) is not { } investigation)
        {
            return null;
        }

        var steps = investigation.Steps;
        var seen = Parse(cursor, steps.Count);
        var waiting = Enumerable.Range(0, steps.Count).Where(i => !seen[i]).ToList();
        var found = await InvestigationEvidence.ReadAsync(
            evidence, caller.Tenant, [.. waiting.Select(i => Evidence.IdOf(investigation.Id, steps[i].Id))], cancellationToken).ConfigureAwait(false);
        var answered = found.Select(e => e.StepId).ToHashSet(StringComparer.Ordinal);
        foreach (var i in waiting.Where(i => answered.Contains(steps[i].Id)))
        {
            seen[i] = true;
        }

        return new InvestigationProgress
        {
            InvestigationId = investigation.Id,
            Status = investigation.Status,
            Evidence = [.. found.Where(e => access.IsOpen(e, caller))],
            Cursor = Write(seen),
            StepsPlanned = steps.Count,
            StepsAnswered = seen.Count(s => s),
            Conclusion = await ConclusionAsync(investigation, caller, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>A limited reader's conclusion depends on what the answers say; it is drawn up once, at the end.</summary>
    private async Task<Conclusion?> ConclusionAsync(Investigation investigation, Caller caller, CancellationToken cancellationToken)
    {
        if (investigation.Conclusion is null || caller.ReadsEverything)
        {
            return investigation.Conclusion;
        }

        var answers = await InvestigationEvidence.ReadAsync(evidence, caller.Tenant, investigation, cancellationToken).ConfigureAwait(false);
        return access.Withhold(investigation, answers, caller).Investigation.Conclusion;
    }

    private static bool[] Parse(string? cursor, int steps)
    {
        var seen = new bool[steps];
        if (cursor is not null && cursor.All(char.IsAsciiHexDigit))
        {
            for (var i = 0; i < steps && i / 4 < cursor.Length; i++)
            {
                seen[i] = (int.Parse(cursor.AsSpan(i / 4, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (i % 4) & 1) == 1;
            }
        }

        return seen;
    }

    private static string Write(bool[] seen) =>
        string.Concat(seen.Chunk(4).Select(four => four.Select((bit, i) => bit ? 1 << i : 0).Sum().ToString("x", CultureInfo.InvariantCulture)));
}
