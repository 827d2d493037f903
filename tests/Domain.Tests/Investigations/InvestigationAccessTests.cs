using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>An investigation is made with a view of everything; who has less sees less of it.</summary>
public sealed class InvestigationAccessTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 11, 0, 0, TimeSpan.Zero);
    private static readonly Scope Orders = new() { Applications = ["orders"] };
    private readonly InvestigationAccess access = new(new Descriptors());

    [Fact]
    public void Show_EverythingAllowed_IsTheSame()
    {
        var made = Made();

        Assert.Same(made, access.Show(made, OfOrders(), Callers.Everything()));
        Assert.Same(made, access.Show(made, null, Callers.Everything()));
    }

    [Fact]
    public void Show_IncidentOutsideOfTheScope_IsNotThere()
    {
        var incident = OfOrders() with { Targets = [new AccessTarget("orders", null, null), new AccessTarget("payment", null, null)] };

        Assert.Null(access.Show(Made(), incident, Reader(Orders)));
        Assert.Null(access.Show(Made(), null, Reader(Orders)));
        Assert.Null(access.Show(Made(), OfOrders(), Callers.With("default", Scope.Everywhere, Permission.ReadMetrics)));
    }

    [Fact]
    public void Show_LimitedToAnApplication_LeavesOutWhatIsOfOthers()
    {
        var shown = access.Show(Made(), OfOrders(), Reader(Orders))!;

        Assert.Equal(["errors", "logs"], shown.Steps.Select(s => s.Id));
        Assert.DoesNotContain("payment", JsonSerializer.Serialize(shown), StringComparison.Ordinal);
        Assert.Equal("orders fails by itself.", shown.Conclusion!.Summary);
        Assert.Equal("orders", Assert.Single(shown.Conclusion.Hypotheses).Component);
    }

    [Fact]
    public void Show_WithoutLogs_LeavesOutLogsAndWhatRestsOnThem()
    {
        var reader = Callers.With("default", Scope.Everywhere, Permission.ReadIncidents, Permission.ReadMetrics, Permission.ReadAlerts, Permission.ReadDashboards);

        var shown = access.Show(Made(), OfOrders(), reader)!;

        Assert.DoesNotContain(shown.Steps, s => s.Tool == "query_logs");
        Assert.DoesNotContain(shown.Conclusion!.Hypotheses, h => h.For.Any(p => p.EvidenceId.EndsWith(":logs", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("orders", true)]
    [InlineData("payment", false)]
    [InlineData(null, true)]
    public void IsOpen_AnswerThatSpeaksOfAnApplication_FollowsTheScope(string? service, bool isOpen)
    {
        var labels = service is null ? new Dictionary<string, string>() : new() { ["service"] = service };
        var evidence = Answer("errors") with { Facts = [new Fact { Name = "value", Value = 1, Labels = labels }] };

        Assert.Equal(isOpen, access.IsOpen(evidence, Reader(Orders)));
        Assert.True(access.IsOpen(evidence, Callers.Everything()));
    }

    [Fact]
    public void Withhold_HypothesisOnAnAnswerOfAnotherApplication_GoesWithIt()
    {
        var shown = access.Show(Made(), OfOrders(), Reader(Orders))!;
        var answer = Answer("errors") with { Facts = [new Fact { Name = "value", Value = 1, Labels = new Dictionary<string, string> { ["service"] = "payment" } }] };

        var (investigation, answers) = access.Withhold(shown, [answer], Reader(Orders));

        Assert.Empty(answers);
        Assert.Empty(investigation.Conclusion!.Hypotheses);
    }

    private static Caller Reader(Scope scope) => Callers.With("default", scope, Role.Viewer.Permissions);

    private static Incident OfOrders() => new()
    {
        Id = "inc",
        Tenant = "default",
        Status = IncidentStatus.Open,
        Title = "Errors on orders",
        Severity = "critical",
        FirstEpisodeId = "e",
        StartsAt = Now,
        UpdatedAt = Now,
        Episodes = 1,
        FiringEpisodes = 1,
        CommonLabels = new Dictionary<string, string>(),
        InvestigationState = InvestigationState.Concluded,
        Targets = [new AccessTarget("orders", null, "alertmanager")],
    };

    private static Investigation Made() => new()
    {
        Id = "inv",
        Tenant = "default",
        IncidentId = "inc",
        Title = "Errors on orders",
        Status = InvestigationStatus.Concluded,
        Depth = InvestigationDepth.Standard,
        ClaimedAt = Now,
        Subject = new InvestigationSubject
        {
            AlertName = "Errors",
            Labels = new Dictionary<string, string> { ["service"] = "orders" },
            StartsAt = Now,
            Service = "orders",
            AlertedServices = ["orders", "payment"],
        },
        Steps = [Step("errors", "query_metrics_range", null), Step("logs", "query_logs", "orders"), Step("payment", "query_metrics_range", "payment"), Step("changes", "find_changes", null), Step("odd", "no_such_tool", null)],
        NotAsked = [new UncheckedQuestion("logs of payment", "no source")],
        Conclusion = new Conclusion
        {
            Summary = "payment is broken and takes orders along.",
            Narrative = "**payment** did it.",
            WrittenBy = "rules",
            Hypotheses = [Cause("payment", "payment is broken.", "inv:payment"), Cause("orders", "orders fails by itself.", "inv:errors"), Cause("orders", "orders logs errors after a change of payment.", "inv:logs", "inv:changes")],
            NotChecked = [new UncheckedQuestion("payment's host", "no metrics")],
            NextSteps = ["Look at payment."],
        },
    };

    private static Hypothesis Cause(string component, string statement, params string[] evidence) => new()
    {
        Cause = "internal_errors",
        Component = component,
        Statement = statement,
        Confidence = 0.5,
        For = [.. evidence.Select(e => new EvidencePoint(e, statement, 1))],
        Against = [],
    };

    private static EvidenceStep Step(string id, string tool, string? component) =>
        new() { Id = id, Round = 1, Title = id, Topic = id, Tool = tool, Arguments = "{}", Component = component };

    private static Evidence Answer(string id) => new()
    {
        Id = "inv:" + id,
        Tenant = "default",
        InvestigationId = "inv",
        StepId = id,
        Topic = id,
        Title = id,
        Tool = "query_metrics_range",
        Status = ToolStatus.Success,
        Invocation = "q",
        Summary = "s",
        RecordedAt = Now,
    };

    private sealed class Descriptors : IToolCatalog
    {
        public IReadOnlyList<ToolDescriptor> Tools { get; } =
        [
            Of("query_metrics_range", Permission.ReadMetrics), Of("query_logs", Permission.ReadLogs), Of("find_changes", Permission.ReadMetrics),
        ];

        public Task<ToolResult> InvokeAsync(ToolRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        private static ToolDescriptor Of(string name, Permission permission) => new()
        {
            Name = name,
            Description = name,
            InputSchema = JsonSerializer.SerializeToElement(new { type = "object" }),
            Effects = ToolEffects.Reads,
            Permission = permission,
        };
    }
}
