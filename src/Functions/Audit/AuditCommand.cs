using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Functions.Audit;

/// <summary>
/// `Nightwatch.Functions audit verify [--tenant T]`: verifies the trail in the store without starting the app, whether or not one runs beside it.
/// </summary>
internal static class AuditCommand
{
    private const int Whole = 0;
    private const int Tampered = 1;
    private const int NotChecked = 2;

    public static bool IsMeant(string[] args) => args is ["audit", ..];

    /// <returns>0: whole. 1: the findings were printed, one a line. 2: it cannot be checked, and why.</returns>
    public static async Task<int> RunAsync(string[] args, IConfiguration configuration)
    {
        var tenant = args switch
        {
            ["audit", "verify"] => Tenants.Default,
            ["audit", "verify", "--tenant", { Length: > 0 } named] => named,
            _ => null,
        };
        if (tenant is null)
        {
            return await FailAsync("usage: audit verify [--tenant T]");
        }

        await using var services = new ServiceCollection().AddLogging().AddNightwatch(configuration).BuildServiceProvider();
        try
        {
            var store = services.GetRequiredService<IOptions<SqliteStoreOptions>>().Value.File;
            // Cosmos DB has no file; whether it can be reached shows when it is read.
            return services.GetService<SqliteStore>() is not null && !File.Exists(store)
                ? await FailAsync($"there is no store at {store}; NIGHTWATCH_STATE names its folder")
                : await PrintAsync(await services.GetRequiredService<VerifyAudit>().VerifyAsync(tenant, CancellationToken.None));
        }
        catch (OptionsValidationException wrong)
        {
            return await FailAsync(string.Join(" ", wrong.Failures));
        }
        catch (StoreUnavailableException down)
        {
            return await FailAsync(down.Message);
        }
    }

    private static async Task<int> PrintAsync(AuditReport report)
    {
        foreach (var finding in report.Findings)
        {
            var fault = JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Fault.ToString());
            await Console.Out.WriteLineAsync($"{fault} {finding.Where}: {finding.Detail}".ReplaceLineEndings(" "));
        }

        if (report.FindingsLeftOut > 0)
        {
            await Console.Out.WriteLineAsync($"and {report.FindingsLeftOut} more");
        }

        await Console.Error.WriteLineAsync(
            $"tenant {report.Tenant}: {report.Records} records in {report.Chains} chains, {report.Anchors} anchors ({report.OutsideAnchors} outside of the store); "
            + $"{report.RecordsAfterAnchors} records after the last anchor, {report.RecordsWithoutKey} from before there was a key.");
        return !report.Protected ? await FailAsync("tampering cannot be seen without the key: set NIGHTWATCH_AUDIT_KEY")
            : report.Findings.Count > 0 ? Tampered : Whole;
    }

    private static async Task<int> FailAsync(string why)
    {
        await Console.Error.WriteLineAsync($"The audit trail was not checked: {why.ReplaceLineEndings(" ")}");
        return NotChecked;
    }
}
