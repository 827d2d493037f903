using Nightwatch.Adapters.Tests.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;
using Nightwatch.Support.Cosmos;

namespace Nightwatch.Adapters.Tests.Cosmos;

public sealed class CosmosUnreadableDocumentsTests : UnreadableDocumentsContract, IAsyncLifetime
{
    private CosmosGateway gateway = null!;
    private CosmosSession session = null!;
    private IDocuments<Note> notes = null!;

    protected override IDocuments<Note> Notes => notes;

    public async ValueTask InitializeAsync()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch.AddYears(56));
        gateway = await CosmosGateway.StartAsync(time, TestContext.Current.CancellationToken);
        session = new CosmosSession(gateway.Url, CosmosGateway.Key, time);
        notes = session.Documents(Note.Type);
    }

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await gateway.DisposeAsync();
    }
}
