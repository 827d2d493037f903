using System.Globalization;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Applications;

public sealed class ApplicationProfilesTests
{
    private static readonly ApplicationProfile Orders = new() { Id = "orders", Name = "Orders" };

    private readonly InMemoryDocuments<ApplicationProfile> documents = new(ApplicationProfile.Type);
    private readonly ManualTime time = new(DateTimeOffset.Parse("2026-11-21T03:00:00Z", CultureInfo.InvariantCulture));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ApplicationProfiles Profiles => new(documents, time);

    [Fact]
    public async Task Create_OneOfTwoIsThere_StoresNeither()
    {
        await CreateAsync(Callers.Everything("acme"), Orders);

        var outcome = await CreateAsync(Callers.Everything("acme"), Orders with { Id = "payment" }, Orders);

        Assert.Equal((ApplicationVerdict.Exists, "[1].id"), (outcome.Verdict, Assert.Single(outcome.Problems).Field));
        Assert.Equal(["orders"], documents.All("acme").Select(p => p.Id));
    }

    [Fact]
    public async Task Create_TheSameTwice_IsRefused() =>
        Assert.Equal("[1].id", Assert.Single((await CreateAsync(Callers.Everything("acme"), Orders, Orders)).Problems).Field);

    [Fact]
    public async Task Replace_AnotherVersionThanRead_IsRefusedAndCountsUp()
    {
        var by = Callers.Everything("acme");
        var first = Assert.Single((await CreateAsync(by, Orders)).Stored);

        var second = await Profiles.ReplaceAsync(by, "orders", Orders with { Name = "Second", CreatedBy = "somebody", Version = 70, Tenant = "other" }, first.ETag, Stop);
        var third = await Profiles.ReplaceAsync(by, "orders", Orders with { Name = "Third" }, first.ETag, Stop);

        Assert.Equal((2, "Second", "test", "acme"), (second.Stored[0].Value.Version, second.Stored[0].Value.Name, second.Stored[0].Value.CreatedBy, second.Stored[0].Value.Tenant));
        Assert.Equal(ApplicationVerdict.Changed, third.Verdict);
        Assert.Equal(ApplicationVerdict.Changed, (await Profiles.DeleteAsync(by, "orders", first.ETag, Stop)).Verdict);
        Assert.Equal(ApplicationVerdict.Done, (await Profiles.DeleteAsync(by, "orders", second.Stored[0].ETag, Stop)).Verdict);
        Assert.Empty(documents.All("acme"));
    }

    [Fact]
    public async Task LimitedCaller_SeesAndCountsOnlyItsOwn()
    {
        await CreateAsync(Callers.Everything("acme"), [.. Enumerable.Range(0, 20).Select(i => Orders with { Id = $"app-{i:00}" }), Orders]);
        var limited = Limited(["orders"], Permission.ReadMetrics, Permission.ManageDatasources);

        var page = await Profiles.ListAsync(limited, 3, null, Stop);

        Assert.Equal(["orders"], page.Items.Select(p => p.Id));
        Assert.Null(await Profiles.ReadAsync(limited, "app-03", Stop));
        Assert.Equal(ApplicationVerdict.NotFound, (await Profiles.DeleteAsync(limited, "app-03", null, Stop)).Verdict);
        Assert.Equal(ApplicationVerdict.NotFound, (await Profiles.DeleteAsync(limited, "app-99", null, Stop)).Verdict);
        Assert.Equal(ApplicationVerdict.Forbidden, (await CreateAsync(limited, Orders with { Id = "app-03" })).Verdict);
        Assert.Equal(ApplicationVerdict.Forbidden, (await CreateAsync(limited, Orders with { Id = "app-99" })).Verdict);
        Assert.Equal(ApplicationVerdict.Forbidden, (await Profiles.DeleteAsync(Limited(["orders"], Permission.ReadMetrics), "orders", null, Stop)).Verdict);
    }

    [Fact]
    public async Task LimitedCaller_CannotReachIntoAnotherApplication()
    {
        var limited = Limited(["orders"], Permission.ManageDatasources);
        var query = Orders with { DefaultMetrics = [new("all", "sum(up)", "", "")] };

        Assert.Equal("[0].metrics.labels", (await CreateAsync(limited, Orders with { Metrics = new(null, Applications.Profiles.Map("app", "payment")) })).Problems[0].Field);
        Assert.Equal("[0].defaultMetrics[0].query", Assert.Single((await CreateAsync(limited, query)).Problems).Field);
        Assert.Equal(ApplicationVerdict.Done, (await CreateAsync(limited, Orders with { Metrics = new(null, Applications.Profiles.Map("app", "orders")) })).Verdict);
        await Profiles.ReplaceAsync(Callers.Everything("acme"), "orders", query, null, Stop);
        Assert.Equal(ApplicationVerdict.Done, (await Profiles.ReplaceAsync(limited, "orders", query with { Name = "Still" }, null, Stop)).Verdict);
    }

    [Fact]
    public async Task CallerOfOneEnvironment_SeesWhatIsThereAlone()
    {
        await CreateAsync(
            Callers.Everything("acme"),
            Orders with { Id = "both", Environments = [new("production", SourceMapping.NoLabels), new("staging", SourceMapping.NoLabels)] },
            Orders with { Id = "unknown" },
            Orders with { Id = "one", Environments = [new("staging", SourceMapping.NoLabels)] });
        var limited = Callers.With("acme", new Scope { Environments = ["staging"] }, Permission.ReadMetrics);

        Assert.Equal(["one"], (await Profiles.ListAsync(limited, 10, null, Stop)).Items.Select(p => p.Id));
    }

    private static Caller Limited(IReadOnlyList<string> applications, params IReadOnlyList<Permission> permissions) =>
        Callers.With("acme", new Scope { Applications = applications }, permissions);

    private Task<ApplicationOutcome> CreateAsync(Caller by, params IReadOnlyList<ApplicationProfile> profiles) =>
        Profiles.CreateAsync(by, profiles, i => $"[{i}]", Stop);
}
