using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.LocalRuntime;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.Functions.Tests.MainRoad;

/// <summary>Reads what the app's processes stored, from beside them.</summary>
internal sealed class StoredState : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly DurableEngine engine;

    public StoredState(string folder)
    {
        services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSqliteStore(options => options.Directory = folder)
            .AddDocuments(AlertEpisode.Type).AddDocuments(Incident.Type).AddDocuments(Investigation.Type).AddDocuments(Evidence.Type)
            .BuildServiceProvider();
        // Never started: it runs nothing, its client only reads.
        engine = new DurableEngine(new DurableEngineOptions { Path = Path.Combine(folder, "durable.db") }, new NoFunctions());
    }

    public Task<List<AlertEpisode>> EpisodesAsync() => AllAsync<AlertEpisode>();

    public Task<List<Incident>> IncidentsAsync() => AllAsync<Incident>();

    public Task<List<Investigation>> InvestigationsAsync() => AllAsync<Investigation>();

    public Task<List<Evidence>> EvidenceAsync() => AllAsync<Evidence>();

    public Task<List<OrchestrationMetadata>> OrchestrationsAsync() =>
        engine.Client.GetAllInstancesAsync(new OrchestrationQuery()).ToListAsync(TestContext.Current.CancellationToken).AsTask();

    public Task AddAsync(params IReadOnlyList<AlertEpisode> episodes) => services.GetRequiredService<IDocuments<AlertEpisode>>().WriteManyAsync(
        Tenants.Default, [.. episodes.Select(e => DocumentWrite<AlertEpisode>.Create(e.Id, e))], TestContext.Current.CancellationToken);

    public async Task ReplaceAsync(string episodeId, Func<AlertEpisode, AlertEpisode> change)
    {
        var documents = services.GetRequiredService<IDocuments<AlertEpisode>>();
        var read = await documents.ReadAsync(Tenants.Default, episodeId, TestContext.Current.CancellationToken);
        var written = await documents.WriteAsync(Tenants.Default, DocumentWrite<AlertEpisode>.Replace(read!, change(read!.Value)), TestContext.Current.CancellationToken);
        Assert.True(written.Written, episodeId);
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        await services.DisposeAsync();
    }

    private async Task<List<T>> AllAsync<T>()
        where T : class
    {
        var all = new List<T>();
        string? token = null;
        do
        {
            var page = await services.GetRequiredService<IDocuments<T>>().QueryAsync(
                Tenants.Default, new DocumentQuery { PageSize = DocumentQuery.MaxPageSize, ContinuationToken = token }, TestContext.Current.CancellationToken);
            all.AddRange(page.Documents.Select(d => d.Value));
            token = page.ContinuationToken;
        }
        while (token is not null);
        return all;
    }

    private sealed class NoFunctions : IDurableInvoker
    {
        public bool HasOrchestrator(string name) => false;

        public bool HasActivity(string name) => false;

        public bool HasEntity(string name) => false;

        public Task<object?> RunOrchestratorAsync(string name, object orchestrationContext) => throw new NotSupportedException();

        public Task<object?> RunActivityAsync(string name, object activityContext, string? serializedInput, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task RunEntityAsync(string name, object entityBatch, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
