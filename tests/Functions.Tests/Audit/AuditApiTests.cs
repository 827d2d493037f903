using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Sqlite;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Audit;

/// <summary>The app, and its command, on a store whose file is edited behind their backs.</summary>
public sealed class AuditApiTests : IDisposable
{
    private static readonly string Key = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
    private readonly ScratchDirectory scratch = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Dictionary<string, string?> Settings => new()
    {
        ["NIGHTWATCH_AUDIT_KEY"] = Key,
        ["NIGHTWATCH_AUDIT_ANCHORS"] = scratch.File("outside/anchors.jsonl"),
        ["NIGHTWATCH_ADMIN_TOKEN_SHA256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(NightwatchApp.Token))),
    };

    [Fact]
    public async Task Trail_OverHttpAndCommand_ShowsExportsAndFindsEdits()
    {
        await FillAsync();
        await using var azurite = await Azurite.StartAsync(Stop);
        await using (var app = await NightwatchApp.StartAsync(scratch.Path, azurite.ConnectionString, Settings, Stop))
        {
            using var page = JsonDocument.Parse(await app.Http.GetStringAsync("api/audit?action=tool.call&pageSize=2", Stop));
            Assert.Equal(2, page.RootElement.GetProperty("records").GetArrayLength());
            Assert.Equal(5, (await app.Http.GetStringAsync("api/audit/export?actor=machine:a", Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Contains(",\"'=cmd|calc\",", await app.Http.GetStringAsync("api/audit/export?format=csv", Stop), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.BadRequest, (await app.Http.GetAsync("api/audit/export?format=xml", Stop)).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await app.Http.GetAsync("api/audit?outcome=maybe", Stop)).StatusCode);
            using var report = JsonDocument.Parse(await app.Http.GetStringAsync("api/audit/verification", Stop));
            Assert.Equal(0, report.RootElement.GetProperty("findings").GetArrayLength());
            Assert.Equal(1, report.RootElement.GetProperty("outsideAnchors").GetInt32());
            Assert.StartsWith("0|", await CommandAsync(Settings), StringComparison.Ordinal);
        }

        await EditAsync("UPDATE doc_audit_records SET f_at = NULL WHERE f_sequence = 3", "1|not_listed");
        await EditAsync("UPDATE doc_audit_records SET body = replace(body, 'query_metrics', 'query_letrics') WHERE f_sequence = 3", "1|record_edited");
        await EditAsync("DELETE FROM doc_audit_records WHERE f_sequence = 3", "1|record_removed");
        await EditAsync("DELETE FROM doc_audit_records WHERE f_sequence > 3", "1|chain_truncated");
        await EditAsync("DELETE FROM doc_audit_records", "1|chain_removed");
        await EditAsync("DELETE FROM doc_audit_anchors", "1|anchor_removed");
        await EditAsync("UPDATE doc_audit_records SET body = x'00' WHERE f_sequence = 3", "1|unreadable");
        Assert.StartsWith("2|", await CommandAsync(new() { ["NIGHTWATCH_AUDIT_KEY"] = null }), StringComparison.Ordinal);
    }

    public void Dispose() => scratch.Dispose();

    private async Task FillAsync()
    {
        await using var services = new ServiceCollection()
            .AddLogging().AddSingleton(TimeProvider.System).AddSqliteStore(o => o.Directory = scratch.Path)
            .AddDocuments(AuditRecord.Type).AddDocuments(AuditAnchor.Type)
            .AddSingleton<IAuditAnchorSink>(s => new Nightwatch.Adapters.AuditAnchorFile.AuditAnchorFile(scratch.File("outside/anchors.jsonl"), TimeProvider.System))
            .AddAuditTrail(o => o.Key = Key).BuildServiceProvider();
        for (var i = 0; i < 5; i++)
        {
            await services.GetRequiredService<IAuditTrail>().RecordAsync(
                new AuditEvent { Tenant = Tenants.Default, Actor = "machine:a", ActorName = "=cmd|calc", Action = "tool.call", Target = "query_metrics" }, Stop);
        }

        Assert.NotNull(await services.GetRequiredService<AnchorAudit>().AnchorAllAsync(Tenants.Default, Stop));
    }

    /// <summary>Edits a copy of the store and asks the command about it.</summary>
    private async Task EditAsync(string sql, string expected)
    {
        using var copy = new ScratchDirectory();
        // The command has opened and closed the store: what was in its log is in its file.
        foreach (var file in Directory.GetFiles(scratch.Path, "documents.db*"))
        {
            File.Copy(file, copy.File(Path.GetFileName(file)));
        }

        using (var session = SqliteSession.Open(copy.File("documents.db")))
        {
            Assert.NotEqual(0, session.Execute(sql));
        }

        var settings = Settings;
        settings["NIGHTWATCH_STATE"] = copy.Path;
        Assert.StartsWith(expected, await CommandAsync(settings), StringComparison.Ordinal);
    }

    /// <summary>The exit code, a bar, and what was printed.</summary>
    private async Task<string> CommandAsync(Dictionary<string, string?> settings)
    {
        settings.TryAdd("NIGHTWATCH_STATE", scratch.Path);
        var start = new System.Diagnostics.ProcessStartInfo(NightwatchApp.Executable(), ["audit", "verify"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = System.Diagnostics.Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Stop);
        var output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return $"{process.ExitCode}|{output}{await errors}";
    }
}
