using Nightwatch.Domain.Investigations;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>What others see of an investigation: its progress by cursor, and whether it stands still.</summary>
public sealed class InvestigationReadingTests : InvestigationSteps
{
    [Fact]
    public async Task Progress_ByCursor_GivesEachAnswerOnceAndEnds()
    {
        await StartAsync();
        var steps = await PlanAsync(1);
        var progress = Investigator.Get<ListProgress>();
        var seen = new List<string>();
        string? cursor = null;
        foreach (var step in steps.Reverse())
        {
            await Investigator.Get<GatherEvidence>().GatherAsync(Tenant, "inv-inc", step.StepId, true, Cancellation);
            var page = (await progress.ReadAsync(Callers.Everything(Tenant), "inv-inc", cursor, Cancellation))!;
            Assert.False(page.Done);
            seen.AddRange(page.Evidence.Select(e => e.StepId));
            cursor = page.Cursor;
        }

        await PlanAsync(2);
        await ConcludeAsync();
        var last = (await progress.ReadAsync(Callers.Everything(Tenant), "inv-inc", cursor, Cancellation))!;

        Assert.Equal(steps.Reverse().Select(s => s.StepId), seen);
        Assert.True(last.Done);
        Assert.Empty(last.Evidence);
        Assert.Equal(steps.Count, last.StepsAnswered);
        Assert.NotNull(last.Conclusion);
        Assert.Equal(steps.Count, (await progress.ReadAsync(Callers.Everything(Tenant), "inv-inc", "not a cursor", Cancellation))!.Evidence.Count);
        Assert.Null(await progress.ReadAsync(Callers.Everything(Tenant), "inv-none", null, Cancellation));
    }

    [Fact]
    public async Task FindStalled_WantedOrClaimedForLong_IsListedUntilConcluded()
    {
        await OpenAsync();
        var stalled = Investigator.Get<FindStalledInvestigations>();
        Assert.Empty(await stalled.ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Cancellation));
        Investigator.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["inc"], await stalled.ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Cancellation));

        await ClaimAsync();
        Investigator.Time.Advance(TimeSpan.FromMinutes(2));
        // Alerts go on to join: the incident is fresh, its claim is not.
        await ChangeIncidentAsync(i => i with { UpdatedAt = Investigator.Time.GetUtcNow() });
        Assert.Equal(["inc"], await stalled.ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Cancellation));

        await ConcludeAsync();
        Investigator.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await stalled.ListAsync(Tenant, TimeSpan.FromMinutes(1), 10, Cancellation));
    }

    [Fact]
    public async Task Read_Unknown_IsNull() => Assert.Null(await Investigator.Get<ReadInvestigation>().ReadAsync(Callers.Everything(Tenant), "inv-none", Cancellation));
}
