using System.Reflection;
using Nightwatch.Adapters.Tests.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Cosmos;

public sealed class CosmosEmulatorFixture : IAsyncLifetime
{
    public CosmosEmulator Emulator { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Emulator = await CosmosEmulator.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Emulator.DisposeAsync();
}

/// <summary>
/// The contract against an emulator that others wrote. What it cannot do is skipped, by name and reason; a test runs just these and fails when one of
/// them passes or another one fails. docs/cosmos.md has the same list.
/// </summary>
public sealed class CosmosEmulatorTests(CosmosEmulatorFixture fixture) : DocumentsContract, IClassFixture<CosmosEmulatorFixture>, IAsyncLifetime
{
    private const string NoAbsence = "the emulator answers 500 for an item that is not there";
    private const string NoPartition = "the emulator's queries look into all partitions";

    /// <summary>Cases of the contract that the emulator cannot do, and why.</summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        [nameof(Read_AbsentDocument_IsNull)] = NoAbsence,
        [nameof(WriteMany_SomeConflicting_WritesTheOthersAndTellsWhich)] = NoAbsence,
        [nameof(Delete_WithAStaleETag_DeletesNothing)] = NoAbsence,
        [nameof(Partitions_HoldTheSameIdApart)] = NoPartition,
    };

    private CosmosSession session = null!;
    private IDocuments<Note> notes = null!;

    protected override IDocuments<Note> Notes => notes;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(Known.TryGetValue(TestContext.Current.TestMethod?.MethodName ?? "", out var reason), reason ?? "");
        return ConnectAsync();
    }

    public ValueTask DisposeAsync() => session?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Skipped_CasesOfTheContract_AreExactlyTheKnownOnes()
    {
        var failed = new List<string>();
        foreach (var method in typeof(DocumentsContract).GetMethods().Where(m => m.GetCustomAttribute<FactAttribute>() is not null))
        {
            var data = method.GetCustomAttributes<InlineDataAttribute>().Select(d => d.Data).DefaultIfEmpty([]);
            foreach (var arguments in data)
            {
                await using var one = new CosmosEmulatorTests(fixture);
                await one.ConnectAsync();
                try
                {
                    await (Task)method.Invoke(one, arguments)!;
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    failed.Add(method.Name);
                    break;
                }
            }
        }

        Assert.Equal(Known.Keys.Order(StringComparer.Ordinal), failed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Items_OnTheEmulator_AreReadByAnotherProcess()
    {
        var written = await Notes.WriteAsync("tenant/1", DocumentWrite<Note>.Create("a/b?c#d e", new Note { Text = "x", Size = long.MaxValue }), Stop);
        await using var other = new CosmosSession(fixture.Emulator.Url, CosmosEmulator.Key, Time, ("COSMOS_DATABASE", Database));

        var read = await other.Documents(Note.Type).ReadAsync("tenant/1", "a/b?c#d e", Stop);

        Assert.Equal((long.MaxValue, written.ETag), (read!.Value.Size, read.ETag));
        Assert.False((await Notes.WriteAsync("tenant/1", DocumentWrite<Note>.Create("a/b?c#d e", new Note { Text = "y" }), Stop)).Written);
        await other.Store.CheckAsync(Stop);
    }

    private string Database { get; } = $"nightwatch-{Guid.NewGuid():N}";

    private ValueTask ConnectAsync()
    {
        session = new CosmosSession(fixture.Emulator.Url, CosmosEmulator.Key, Time, ("COSMOS_DATABASE", Database));
        notes = session.Documents(Note.Type);
        return ValueTask.CompletedTask;
    }
}
