using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Domain.Governance.Secrets;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Secrets;

/// <summary>Stored secrets and the change of their key, on SQLite.</summary>
public sealed class RotationTests : IDisposable
{
    private const string Tenant = "t1";
    private const int Count = 230;

    private readonly ScratchDirectory scratch = new();
    private readonly SqliteStore store;
    private readonly SqliteDocuments<StoredSecret> documents;
    private readonly Lines log = new();
    private readonly ILoggerFactory logging;
    private readonly string oldKey = Protectors.NewKey();
    private readonly string newKey = Protectors.NewKey();

    public RotationTests()
    {
        store = Open();
        documents = new SqliteDocuments<StoredSecret>(store, StoredSecret.Type);
        logging = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        store.Dispose();
        logging.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public async Task Rotation_FromTheOldKeyToTheNew_LosesNothingAndFreesTheOld()
    {
        await FillAsync();

        var report = await Rewrap(documents, Protectors.With(newKey, oldKey)).RunAsync(Tenant, Cancel);
        var again = await Rewrap(documents, Protectors.With(newKey, oldKey)).RunAsync(Tenant, Cancel);

        Assert.Equal((Count, 0, true), (report.Rewrapped, report.Current, report.Done));
        Assert.Equal((0, Count, true), (again.Rewrapped, again.Current, again.Done));
        await AssertAllOpenAsync(Protectors.With(newKey));
        Assert.Equal(ReadSecretOutcome.UnknownKey, (await Read(Protectors.With(oldKey)).ReadForAsync(Tenant, "s0", "use:0", Cancel)).Outcome);
    }

    [Fact]
    public async Task Rotation_BrokenOffAtAnyDocument_IsFinishedByTheNextRun()
    {
        await FillAsync();
        var both = Protectors.With(newKey, oldKey);
        foreach (var writes in (int[])[0, 1, 20, 100])
        {
            var failing = new FailingDocuments(documents, writes);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Rewrap(failing, both).RunAsync(Tenant, Cancel));
            await AssertAllOpenAsync(both);
        }

        Assert.True((await Rewrap(documents, both).RunAsync(Tenant, Cancel)).Done);
        await AssertAllOpenAsync(Protectors.With(newKey));
    }

    [Fact]
    public async Task Rotation_InTwoProcesses_WhilePeopleSetSecrets_KeepsWhatTheySet()
    {
        await FillAsync();
        using var otherStore = Open();
        var others = new SqliteDocuments<StoredSecret>(otherStore, StoredSecret.Type);
        var both = Protectors.With(newKey, oldKey);
        // A process that still runs with the old settings, and one with the new ones, each setting secrets.
        var people = Task.Run(
            async () =>
            {
                for (var i = 0; i < Count; i += 7)
                {
                    var save = new SaveSecret(i % 2 == 0 ? documents : others, both, TimeProvider.System);
                    SaveSecretOutcome outcome;
                    do
                    {
                        outcome = await save.SaveAsync(Tenant, $"s{i}", $"use:{i}", new SecretText($"changed-{i}"), "token:2", Cancel);
                    }
                    while (outcome == SaveSecretOutcome.Conflict);
                    Assert.Equal(SaveSecretOutcome.Replaced, outcome);
                }
            },
            Cancel);

        var runs = await Task.WhenAll(
            Task.Run(() => Rewrap(documents, both).RunAsync(Tenant, Cancel), Cancel),
            Task.Run(() => Rewrap(others, both).RunAsync(Tenant, Cancel), Cancel),
            people.ContinueWith(_ => new RewrapReport(0, 0, [], []), TaskScheduler.Default));
        await people;

        Assert.All(runs, r => Assert.True(r.Done));
        Assert.True(runs.Sum(r => r.Rewrapped) <= Count);
        await AssertAllOpenAsync(Protectors.With(newKey), i => i % 7 == 0 ? $"changed-{i}" : Plain(i));
    }

    [Fact]
    public async Task Rotation_OfWhatCannotBeOpened_LeavesItAndSaysSo()
    {
        await FillAsync();
        var stolen = (await documents.ReadAsync(Tenant, "s1", Cancel))!.Value;
        await documents.WriteAsync(Tenant, DocumentWrite<StoredSecret>.Upsert("s2", stolen), Cancel);
        await documents.WriteAsync(Tenant, DocumentWrite<StoredSecret>.Upsert("s3", stolen with { Envelope = "rubbish" }), Cancel);
        await documents.WriteAsync("t2", DocumentWrite<StoredSecret>.Upsert("s1", stolen), Cancel);
        var both = Protectors.With(newKey, oldKey);

        var report = await Rewrap(documents, both).RunAsync(Tenant, Cancel);
        var elsewhere = await Rewrap(documents, both).RunAsync("t2", Cancel);

        Assert.Equal(["s2", "s3"], report.Unopened);
        Assert.Equal(Count - 2, report.Rewrapped);
        Assert.False(report.Done);
        Assert.Equal(stolen, (await documents.ReadAsync(Tenant, "s2", Cancel))!.Value);
        Assert.Equal(["s1"], elsewhere.Unopened);
        Assert.Equal(ReadSecretOutcome.NotAuthentic, (await Read(both).ReadForAsync(Tenant, "s2", "use:1", Cancel)).Outcome);
        Assert.Equal(ReadSecretOutcome.NotAuthentic, (await Read(both).ReadForAsync("t2", "s1", "use:1", Cancel)).Outcome);
    }

    [Fact]
    public async Task Secrets_AreNowhereInTheFilesTheLogOrTheList()
    {
        await FillAsync();
        await Rewrap(documents, Protectors.With(newKey, oldKey)).RunAsync(Tenant, Cancel);
        var (list, more) = await Read(Protectors.With(newKey)).ListAsync(Tenant, 1000, null, Cancel);

        var json = JsonSerializer.Serialize(list, NightwatchJson.Options);
        Assert.Null(more);
        Assert.Equal(Count, list.Count);
        Assert.All(list, s => Assert.Equal(Protectors.With(newKey).CurrentKeyId, s.KeyId));
        Assert.DoesNotContain("nws1", json, StringComparison.Ordinal);
        Assert.NotEmpty(log.Written);
        var files = Directory.GetFiles(scratch.Path, "*", SearchOption.AllDirectories);
        Assert.Contains(files, f => f.EndsWith("-wal", StringComparison.Ordinal));
        var names = 0;
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, Cancel);
            names += bytes.AsSpan().IndexOf("use:17"u8) >= 0 ? 1 : 0;
            AssertHoldsNone(bytes);
        }

        // The search would have found it: what is not secret is there in plain.
        Assert.True(names > 0);
        AssertHoldsNone(Encoding.UTF8.GetBytes(string.Join('\n', log.Written)));
        AssertHoldsNone(Encoding.UTF8.GetBytes(json));
    }

    [Fact]
    public async Task Secret_IsReadForItsPurposeOnly()
    {
        var protector = Protectors.With(newKey);
        var save = new SaveSecret(documents, protector, TimeProvider.System);

        Assert.Equal(SaveSecretOutcome.Created, await save.SaveAsync(Tenant, "grafana", "datasource:grafana", new SecretText("one"), "token:1", Cancel));
        Assert.Equal(SaveSecretOutcome.Replaced, await save.SaveAsync(Tenant, "grafana", "datasource:grafana", new SecretText("two"), "token:1", Cancel));
        Assert.Equal(SaveSecretOutcome.OtherPurpose, await save.SaveAsync(Tenant, "grafana", "webhook:mine", new SecretText("three"), "token:1", Cancel));
        Assert.Equal(SaveSecretOutcome.BadName, await save.SaveAsync(Tenant, "../x", "webhook:mine", new SecretText("three"), "token:1", Cancel));
        Assert.Equal(
            SaveSecretOutcome.NotConfigured,
            await new SaveSecret(documents, Protectors.With(null), TimeProvider.System).SaveAsync(Tenant, "x", "y", new SecretText("three"), "token:1", Cancel));

        Assert.Equal("two", (await Read(protector).ReadForAsync(Tenant, "grafana", "datasource:grafana", Cancel)).Secret!.Reveal());
        Assert.Equal(ReadSecretOutcome.OtherPurpose, (await Read(protector).ReadForAsync(Tenant, "grafana", "webhook:mine", Cancel)).Outcome);
        Assert.Equal(ReadSecretOutcome.Missing, (await Read(protector).ReadForAsync("t2", "grafana", "datasource:grafana", Cancel)).Outcome);
        Assert.True(await save.RemoveAsync(Tenant, "grafana", Cancel));
        Assert.Equal(ReadSecretOutcome.Missing, (await Read(protector).ReadForAsync(Tenant, "grafana", "datasource:grafana", Cancel)).Outcome);
    }

    [Fact]
    public async Task StoredPurpose_ChangedInTheStore_DoesNotOpen()
    {
        var protector = Protectors.With(newKey);
        await new SaveSecret(documents, protector, TimeProvider.System).SaveAsync(Tenant, "grafana", "datasource:grafana", new SecretText("one"), "token:1", Cancel);
        var stored = (await documents.ReadAsync(Tenant, "grafana", Cancel))!;
        await documents.WriteAsync(Tenant, DocumentWrite<StoredSecret>.Replace(stored, stored.Value with { Purpose = "webhook:attacker" }), Cancel);

        Assert.Equal(ReadSecretOutcome.NotAuthentic, (await Read(protector).ReadForAsync(Tenant, "grafana", "webhook:attacker", Cancel)).Outcome);
    }

    private static string Plain(int i) => $"plaintext-of-{i}-Zq7pW";

    private static void AssertHoldsNone(ReadOnlySpan<byte> bytes)
    {
        foreach (var needle in (string[])["plaintext-of", "Zq7pW"])
        {
            Assert.True(bytes.IndexOf(Encoding.UTF8.GetBytes(needle)) < 0);
            Assert.True(bytes.IndexOf(Encoding.Unicode.GetBytes(needle)) < 0);
        }

        // In base64 at each of its three offsets, without the characters that depend on neighbours.
        for (var offset = 0; offset < 3; offset++)
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('-', offset) + "plaintext-of"));
            Assert.True(bytes.IndexOf(Encoding.ASCII.GetBytes(encoded[4..^4])) < 0);
        }
    }

    private SqliteStore Open() => new(Options.Create(new SqliteStoreOptions { Directory = scratch.Path }), TimeProvider.System);

    private RewrapSecrets<StoredSecret> Rewrap(IDocuments<StoredSecret> on, ISecretProtector protector) => new(on, protector, logging.CreateLogger<RewrapSecrets<StoredSecret>>());

    private ReadSecret Read(ISecretProtector protector) => new(documents, protector);

    private async Task FillAsync()
    {
        var save = new SaveSecret(documents, Protectors.With(oldKey), TimeProvider.System);
        var saved = await Task.WhenAll(Enumerable.Range(0, Count).Select(
            i => save.SaveAsync(Tenant, $"s{i}", $"use:{i}", new SecretText(Plain(i)), "token:1", Cancel)));
        Assert.All(saved, outcome => Assert.Equal(SaveSecretOutcome.Created, outcome));
    }

    private async Task AssertAllOpenAsync(ISecretProtector protector, Func<int, string>? expected = null)
    {
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal((expected ?? Plain)(i), (await Read(protector).ReadForAsync(Tenant, $"s{i}", $"use:{i}", Cancel)).Secret?.Reveal());
        }
    }

    /// <summary>Writes so often and then fails, as a process does that is killed.</summary>
    private sealed class FailingDocuments(IDocuments<StoredSecret> inner, int writes) : IDocuments<StoredSecret>
    {
        private int left = writes;

        public Task<Document<StoredSecret>?> ReadAsync(string partitionKey, string id, CancellationToken cancellationToken) => inner.ReadAsync(partitionKey, id, cancellationToken);

        public Task<IReadOnlyDictionary<string, Document<StoredSecret>>> ReadManyAsync(string partitionKey, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
            inner.ReadManyAsync(partitionKey, ids, cancellationToken);

        public Task<WriteResult> WriteAsync(string partitionKey, DocumentWrite<StoredSecret> write, CancellationToken cancellationToken) =>
            left-- > 0 ? inner.WriteAsync(partitionKey, write, cancellationToken) : throw new StoreUnavailableException("gone");

        public Task<IReadOnlyList<WriteResult>> WriteManyAsync(string partitionKey, IReadOnlyList<DocumentWrite<StoredSecret>> toWrite, CancellationToken cancellationToken) =>
            inner.WriteManyAsync(partitionKey, toWrite, cancellationToken);

        public Task<bool> DeleteAsync(string partitionKey, string id, string? etag, CancellationToken cancellationToken) => inner.DeleteAsync(partitionKey, id, etag, cancellationToken);

        public Task<DocumentPage<StoredSecret>> QueryAsync(string partitionKey, DocumentQuery query, CancellationToken cancellationToken) =>
            inner.QueryAsync(partitionKey, query, cancellationToken);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Enqueue(formatter(state, exception) + exception);
    }
}
