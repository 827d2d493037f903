using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Functions.Tests.MainRoad;

/// <summary>Reads what the app's processes stored, from beside them.</summary>
internal sealed class StoredState : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public StoredState(string folder) => services = new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddSqliteStore(options => options.Directory = folder)
        .AddDocuments(AlertEpisode.Type).AddDocuments(Incident.Type).AddDocuments(Investigation.Type).AddDocuments(Evidence.Type)
        .BuildServiceProvider();

    public Task<List<AlertEpisode>> EpisodesAsync() => AllAsync<AlertEpisode>();

    public Task<List<Incident>> IncidentsAsync() => AllAsync<Incident>();

    public Task<List<Investigation>> InvestigationsAsync() => AllAsync<Investigation>();

    public Task<List<Evidence>> EvidenceAsync() => AllAsync<Evidence>();

    public ValueTask DisposeAsync() => services.DisposeAsync();

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
}
