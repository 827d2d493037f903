using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Adapters.Tests.Queries.History;

/// <summary>The numbers follow from the rates that <see cref="ShopPast"/> was written with; rates over four minutes smear the edges of the incident by as much.</summary>
public sealed class HealthAndImpactTests(ShopHistory shop) : IClassFixture<ShopHistory>
{
    [Fact]
    public async Task Health_WithTheIncident_IsUnhealthyAndNamesItsMinutes()
    {
        var data = await shop.DataAsync("get_application_health", new { application = "shop", start = ShopPast.Ago(12), end = ShopPast.End });

        Assert.Equal("unhealthy", data.GetProperty("verdict").GetString());
        var objectives = data.GetProperty("objectives").EnumerateArray().ToDictionary(o => o.GetProperty("name").GetString()!);
        var availability = objectives["Availability"];
        const double Failed = (0.1 * 42_000) + (5 * 1200);
        const double Share = Failed / (16 * 43_200);
        Assert.Equal(100 * (1 - Share), Number(availability, "measured"), 2);
        Assert.Equal(Share / 0.01, Number(availability, "burn_rate"), 2);
        Assert.Equal(1 - (Share / 0.01), Number(availability, "error_budget_left"), 2);
        Assert.Equal(Failed, Number(availability, "failed_requests"), Failed * 0.005);
        Assert.Equal(1, Number(availability, "coverage"));
        Incident(availability, 100 * (1 - (5 / 16d)), tolerance: 0.1);
        Assert.Equal("missed", availability.GetProperty("verdict").GetString());

        // The same counters with queries of the profile's own: 1.48 % of at most 5 %.
        Assert.Equal(("met", true), (objectives["Errors"].GetProperty("verdict").GetString(), objectives["Errors"].GetProperty("compliant").GetBoolean()));
        Assert.Equal(100 * Share, Number(objectives["Errors"], "measured"), 2);
        Incident(objectives["Errors"], 100 * 5 / 16d, tolerance: 0.1);

        var fast = objectives["Fast"];
        Assert.Equal("missed", fast.GetProperty("verdict").GetString());
        Incident(fast, 0.9375, tolerance: 0.001);
        Assert.Equal(100 * (1 - (Number(fast, "bad_minutes") / 720)), Number(fast, "measured"), 6);
    }

    [Theory]
    [InlineData(8, 3, "shop", "degraded")]
    [InlineData(2.1, 1.5, "lost", "unknown")]
    [InlineData(12, 7, "bare", "healthy")]
    [InlineData(12, 0.001, "bare", "degraded")]
    [InlineData(5, 4, "bare", "unknown")]
    [InlineData(5, 4, "unmapped", "unknown")]
    public async Task Health_Verdict_FollowsBudgetAndData(double from, double to, string application, string expected)
    {
        var result = await shop.AskAsync("get_application_health", new { application, start = ShopPast.Ago(from), end = ShopPast.Ago(to) });

        Assert.True(result.Status == ToolStatus.Success, result.Message);
        var data = result.Data!.Value;
        Assert.True(expected == data.GetProperty("verdict").GetString(), data.ToString());
        Assert.NotEmpty(data.GetProperty("reasons").EnumerateArray());
    }

    [Fact]
    public async Task Health_HalfOfTheWindowWithoutData_SaysSo()
    {
        var data = await shop.DataAsync("get_application_health", new { application = "bare", start = ShopPast.Ago(12), end = ShopPast.End });

        // The last sample counts for five more minutes.
        Assert.Equal(0.5, Number(data.GetProperty("objectives")[0], "coverage"), 0.01);
        Assert.Contains("of the window have data", data.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_LongerThanAQueryMayBe_IsEvaluatedCoarserInParts()
    {
        var result = await shop.AskAsync("get_application_health", new { application = "shop", component = "orders", start = ShopPast.Ago(191), end = ShopPast.End });

        var data = result.Data!.Value;
        Assert.Equal(120, data.GetProperty("step_seconds").GetDouble());
        Assert.Contains("120 s", result.Message, StringComparison.Ordinal);
        var fast = Assert.Single(data.GetProperty("objectives").EnumerateArray());
        Assert.Equal(100 * (1 - (22 / (191 * 60d))), Number(fast, "measured"), 1);
        Assert.Contains("2 parts", fast.GetProperty("queries")[0].GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Impact_OfTheIncident_FindsWhatMovedAndHowManyFailed()
    {
        var data = await shop.DataAsync("analyze_impact", new { application = "shop", environment = "production", start = ShopPast.IncidentStart, end = ShopPast.IncidentStart + ShopPast.IncidentLength });

        var signals = data.GetProperty("signals").EnumerateArray().ToDictionary(s => s.GetProperty("signal").GetString()!);
        Assert.All(["golden.errors", "golden.latency", "process.memory", "process.cpu"], name => Assert.True(Compared(signals[name]).GetProperty("beyond").GetBoolean(), signals[name].ToString()));
        Assert.Equal(2, Number(Compared(signals["process.memory"]), "ratio"), 0.15);
        Assert.False(Compared(signals["golden.rate"]).GetProperty("beyond").GetBoolean(), signals["golden.rate"].ToString());
        Assert.Equal((5 - 0.1) * 1200, Number(data, "estimated_failed_requests"), 250d);
        Assert.Equal(15 * 1200, Number(data, "requests"), 200d);
        Assert.Equal(["orders"], data.GetProperty("affected_components").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(["orders-1"], data.GetProperty("affected_instances").EnumerateArray().Select(c => c.GetString()));
        var effects = data.GetProperty("signals").EnumerateArray().Select(s => Compared(s).GetProperty("effect")).Where(e => e.ValueKind == JsonValueKind.Number).Select(e => e.GetDouble()).ToList();
        Assert.Equal(effects.OrderDescending(), effects);
        Assert.All(signals.Values.Where(s => s.GetProperty("signal").GetString() != "log.errors"), s => Assert.Equal(2, s.GetProperty("queries").GetArrayLength()));
    }

    [Theory]
    [InlineData("day-before", -24)]
    [InlineData("week-before", -168)]
    [InlineData(null, -1)]
    public async Task Impact_OfAQuietHour_FindsNothing(string? baseline, int hours)
    {
        var start = ShopPast.Ago(5);
        var data = await shop.DataAsync("analyze_impact", baseline is null
            ? new { application = "shop", environment = "production", start, end = start.AddHours(1) }
            : new { application = "shop", environment = "production", start, end = start.AddHours(1), baseline });

        Assert.Equal(start.AddHours(hours), data.GetProperty("baseline").GetProperty("start").GetDateTimeOffset());
        Assert.All(data.GetProperty("signals").EnumerateArray().Where(s => s.GetProperty("missing").ValueKind == JsonValueKind.Null && s.GetProperty("signal").GetString() != "log.errors"), s => Assert.False(Compared(s).GetProperty("beyond").GetBoolean(), s.ToString()));
        Assert.Empty(data.GetProperty("affected_components").EnumerateArray());
        Assert.Equal(0, Number(data, "estimated_failed_requests"), 1d);
    }

    [Fact]
    public async Task Impact_LogErrors_AreComparedWhenTheCallerMayReadThem()
    {
        var arguments = new { application = "shop", start = ShopPast.IncidentStart, end = ShopPast.IncidentStart.AddMinutes(10) };
        var all = await shop.DataAsync("analyze_impact", arguments);
        var without = await shop.DataAsync("analyze_impact", arguments, null, Permission.ReadMetrics);

        var errors = all.GetProperty("signals").EnumerateArray().Single(s => s.GetProperty("signal").GetString() == "log.errors");
        Assert.True(Compared(errors).GetProperty("beyond").GetBoolean(), errors.ToString());
        Assert.Equal(61 / 10d, Number(Compared(errors), "value"), 1);
        Assert.Contains("read:logs", without.GetProperty("missing").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Impact_BeforeThereWereData_SaysWhatIsMissing()
    {
        var data = await shop.DataAsync("analyze_impact", new { application = "shop", start = ShopPast.Start.AddHours(2), end = ShopPast.Start.AddHours(3), baseline = "week-before" });

        Assert.Equal(JsonValueKind.Null, data.GetProperty("estimated_failed_requests").ValueKind);
        Assert.Contains("baseline", data.GetProperty("missing").ToString(), StringComparison.Ordinal);
        Assert.All(data.GetProperty("signals").EnumerateArray(), s => Assert.NotEqual(JsonValueKind.Null, s.GetProperty("missing").ValueKind));
    }

    [Theory]
    [InlineData("baseline", "yesterday")]
    [InlineData("baseline", "2026-11-18T09:00:00Z,2026-11-18T08:00:00Z")]
    [InlineData("incident", "none")]
    public async Task Impact_WrongArgument_IsNamed(string argument, string value)
    {
        var result = await shop.AskAsync("analyze_impact", new Dictionary<string, string> { ["application"] = "shop", [argument] = value });

        Assert.Equal((ToolStatus.Error, argument), (result.Status, result.Fault?.Argument));
    }

    private static void Incident(JsonElement objective, double worst, double tolerance)
    {
        var interval = Assert.Single(objective.GetProperty("bad_intervals").EnumerateArray());
        Assert.Equal(0, (interval.GetProperty("start").GetDateTimeOffset() - ShopPast.IncidentStart).TotalMinutes, 3d);
        Assert.InRange((interval.GetProperty("end").GetDateTimeOffset() - ShopPast.IncidentStart - ShopPast.IncidentLength).TotalMinutes, 0, 6);
        Assert.Equal(worst, Number(interval, "worst"), tolerance);
        Assert.Equal(Number(interval, "minutes"), Number(objective, "bad_minutes"));
    }

    private static JsonElement Compared(JsonElement signal) => signal.GetProperty("compared");

    private static double Number(JsonElement of, string name) => of.GetProperty(name).GetDouble();
}
