using System.Collections.Concurrent;
using System.Text;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Governance.Secrets;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Datasources;

/// <summary>One process of the feature over a store that several may share; sources are kept for looking at and ask nobody.</summary>
internal sealed class DatasourceWorld : IDisposable
{
    public const string Tenant = "acme";

    public DatasourceWorld(DatasourceWorld? shares = null, params IDatasource[] configured)
    {
        Time = shares?.Time ?? new ManualTime(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        Documents = shares?.Documents ?? new InMemoryDocuments<Datasource>(Datasource.StoredType);
        States = shares?.States ?? new InMemoryDocuments<DatasourceHealth>(DatasourceHealth.StoredType);
        Configured = new ConfiguredSources(configured);
        Health = new DatasourceHealthLog(States, new TextMasker(MaskingPolicy.Default), Time);
        var opener = new OpenDatasource(Protector);
        Registry = new DatasourceRegistry(Configured, Documents, opener, Factory, Health, Time);
        var check = new CheckDatasource(Health, Time);
        Manage = new ManageDatasources(Documents, Configured, Registry, opener, Factory, Health, check, Time);
        Read = new ReadDatasources(Configured, Registry, Documents, Health, check);
    }

    public ManualTime Time { get; }

    public InMemoryDocuments<Datasource> Documents { get; }

    public InMemoryDocuments<DatasourceHealth> States { get; }

    public ConfiguredSources Configured { get; }

    public PlainProtector Protector { get; } = new();

    public FakeFactory Factory { get; } = new();

    public DatasourceHealthLog Health { get; }

    public DatasourceRegistry Registry { get; }

    public ManageDatasources Manage { get; }

    public ReadDatasources Read { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Registry.Dispose();

    public static DatasourceWish Wish(string name = "prom", string url = "https://prom.example") => new() { Name = name, Type = "prometheus", Url = url };

    public static DatasourceWish WithPassword(string url = "https://prom.example") =>
        Wish(url: url) with { Auth = new DatasourceAuthWish { Username = "reader", Password = GivenSecret.Of("correct horse") } };

    public Task<DatasourceOutcome> AddAsync(DatasourceWish wish, Caller? by = null) =>
        Manage.CreateAsync(by ?? Callers.Everything(Tenant), wish, new DatasourceTrial(false, false), Stop);

    public Task<DatasourceOutcome> PutAsync(string id, DatasourceWish wish, string? etag = null) =>
        Manage.ReplaceAsync(Callers.Everything(Tenant), id, wish, etag, new DatasourceTrial(false, false), Stop);

    public async Task<FakeSource> OnlyAsync() => Assert.Single((await Registry.ListAsync<IDescribedSource>(Tenant, Stop)).OfType<FakeSource>());
}

/// <summary>Binds to the context without any cryptography; what is tested with it is who asks for what.</summary>
internal sealed class PlainProtector : ISecretProtector
{
    public string? CurrentKeyId { get; set; } = "k1";

    public string Protect(SecretText secret, SecretContext context) => $"{CurrentKeyId}|{Convert.ToBase64String(context.ToBytes())}|{Convert.ToBase64String(Encoding.UTF8.GetBytes(secret.Reveal()))}";

    public OpenedSecret Unprotect(string? envelope, SecretContext context)
    {
        var parts = envelope!.Split('|');
        return parts[1] == Convert.ToBase64String(context.ToBytes())
            ? new(SecretOutcome.Opened, new SecretText(Encoding.UTF8.GetString(Convert.FromBase64String(parts[2]))))
            : new(SecretOutcome.NotAuthentic);
    }

    public bool NeedsRewrap(string? envelope) => KeyIdOf(envelope) != CurrentKeyId;

    public string? KeyIdOf(string? envelope) => envelope?.Split('|')[0];
}

internal sealed class FakeFactory : IDatasourceFactory
{
    public ConcurrentQueue<FakeSource> Made { get; } = new();

    /// <summary>What a connection test meets.</summary>
    public SourceException? Failure { get; set; }

    public LiveDatasource Create(OpenedDatasource datasource, IObserveSource? observer)
    {
        var source = new FakeSource(datasource, observer) { Failure = Failure };
        Made.Enqueue(source);
        return new LiveDatasource([source], source);
    }
}

internal sealed class FakeSource(OpenedDatasource datasource, IObserveSource? observer) : IDescribedSource, IDisposable
{
    public OpenedDatasource Opened => datasource;

    public IObserveSource? Observer => observer;

    public SourceException? Failure { get; init; }

    public bool IsDisposed { get; private set; }

    public string Name => datasource.Settings.Name;

    public string Tenant => datasource.Tenant;

    public SourceDescription Description => new(datasource.Settings.Type, datasource.Settings.Url!, datasource.Settings.Url!);

    public IReadOnlyDictionary<string, string> Secrets => datasource.Credentials.ToDictionary(c => c.Key, c => c.Value.Reveal());

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Failure is null ? Task.FromResult<string?>("2.42.0") : Task.FromException<string?>(Failure);

    public void Dispose() => IsDisposed = true;
}

/// <summary>A source of the operator's settings.</summary>
internal sealed class SettingSource(string name, string type, string tenant = DatasourceWorld.Tenant) : IDescribedSource
{
    public string Name => name;

    public string Tenant => tenant;

    public SourceDescription Description => new(type, new Uri("http://inside/"), new Uri("http://outside/"), $"{type.ToUpperInvariant()}_URL");

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
