using System.Text.Json;
using System.Text.Json.Nodes;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tests.Governance.Audit;

public sealed class VerifyAuditTests
{
    private readonly AuditWorld world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_SeveralWritersRestartsRotationAndFaults_IsWhole()
    {
        await using var first = world.Process(AuditWorld.OtherKey);
        await using var second = world.Process(AuditWorld.OtherKey);
        await Task.WhenAll(AuditWorld.RecordAsync(first, 700), AuditWorld.RecordAsync(second, 700));
        await Task.WhenAll(AuditWorld.AnchorAsync(first), AuditWorld.AnchorAsync(second));
        await using var third = world.Process(AuditWorld.Key, AuditWorld.OtherKey);
        foreach (var (nth, applied) in new[] { (1, false), (1, true), (3, false), (3, true) })
        {
            await AuditWorld.RecordAsync(third, 5);
            world.Records.Faults.FailWrite(nth, applied);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => AuditWorld.RecordAsync(third, 20));
            await AuditWorld.RecordAsync(third, 5);
            world.Time.Advance(TimeSpan.FromMinutes(20));
            world.Records.Faults.ConflictNext(2);
            await AuditWorld.RecordAsync(third, 2);
            await AuditWorld.AnchorAsync(third);
        }

        var report = await world.VerifyAsync(AuditWorld.Key, AuditWorld.OtherKey);

        Assert.Empty(report.Findings);
        Assert.True(report.Records > 1400);
        Assert.Equal(world.Records.All(AuditWorld.Tenant).Count, report.Records);
        Assert.True(report.Anchors >= 5 && report.Anchors == report.OutsideAnchors);
        Assert.Contains((await world.VerifyAsync(AuditWorld.Key)).Findings, f => f.Fault == AuditFault.UnknownKey);
    }

    [Fact]
    public async Task Verify_AnyEditOfAnyField_IsFound()
    {
        await FillAsync();
        var random = new Random(7);
        foreach (var original in world.Records.All(AuditWorld.Tenant).Where((_, i) => i % 4 == 0).ToList())
        {
            var json = JsonSerializer.SerializeToNode(original, NightwatchJson.Options)!.AsObject();
            foreach (var name in json.Select(p => p.Key).Append("added").ToList())
            {
                var edited = JsonNode.Parse(json.ToJsonString())!.AsObject();
                edited[name] = Changed(name, edited[name], random);
                await world.PutAsync(original.Id, edited.Deserialize<AuditRecord>(NightwatchJson.Options)!);
                Assert.True((await world.FaultsAsync()).Count > 0, $"{name} was edited unseen: {edited[name]}");
            }

            await world.PutAsync(original.Id, original);
        }

        Assert.Empty(await world.FaultsAsync());
    }

    [Fact]
    public async Task Verify_AnyRemovalSwapOrCopy_IsFound()
    {
        await FillAsync();
        var all = world.Records.All(AuditWorld.Tenant);
        var random = new Random(11);
        foreach (var record in all)
        {
            await world.RemoveAsync(record.Id);
            Assert.NotEmpty(await world.FaultsAsync());
            await world.PutAsync(record.Id, record);

            var other = all[random.Next(all.Count)];
            if (other.Id != record.Id)
            {
                await world.PutAsync(record.Id, other);
                Assert.Contains(AuditFault.RecordMisplaced, await world.FaultsAsync());
                await world.PutAsync(other.Id, record);
                Assert.NotEmpty(await world.FaultsAsync());
                await world.PutAsync(other.Id, other);
                await world.PutAsync(record.Id, record);
            }

            var copy = AuditRecord.IdOf(record.Writer, record.Sequence + 100);
            await world.PutAsync(copy, record);
            Assert.NotEmpty(await world.FaultsAsync());
            await world.RemoveAsync(copy);
        }

        Assert.Empty(await world.FaultsAsync());
    }

    [Fact]
    public async Task Verify_TailOrChainRemovedAfterAnAnchor_IsFoundByStoreOrOutside()
    {
        await FillAsync();
        var chain = world.Records.All(AuditWorld.Tenant).GroupBy(r => r.Writer).First().OrderByDescending(r => r.Sequence).ToList();
        foreach (var record in chain)
        {
            await world.RemoveAsync(record.Id);
            Assert.Equal([record.Sequence == 1 ? AuditFault.ChainRemoved : AuditFault.ChainTruncated], await world.FaultsAsync());
        }

        foreach (var anchor in world.Anchors.All(AuditWorld.Tenant))
        {
            await world.Anchors.DeleteAsync(AuditWorld.Tenant, anchor.Id, null, Stop);
        }

        Assert.Equal([AuditFault.AnchorRemoved, AuditFault.ChainRemoved], await world.FaultsAsync());
    }

    [Fact]
    public async Task Verify_ForgedWithoutTheKey_IsFound()
    {
        await FillAsync();
        await using var forger = world.Process(AuditWorld.OtherKey);
        await AuditWorld.RecordAsync(forger);
        Assert.Contains(AuditFault.UnknownKey, await world.FaultsAsync());
        await using var keyless = world.Process("");
        await AuditWorld.RecordAsync(keyless);
        Assert.Contains(AuditFault.Unprotected, await world.FaultsAsync());
    }

    [Fact]
    public async Task Verify_AnchorsEditedRemovedOrForged_IsFound()
    {
        await FillAsync();
        var anchors = world.Anchors.All(AuditWorld.Tenant);
        Assert.True(anchors.Count >= 3);
        foreach (var anchor in anchors)
        {
            await world.Anchors.WriteAsync(AuditWorld.Tenant, DocumentWrite<AuditAnchor>.Upsert(anchor.Id, anchor with { At = anchor.At.AddSeconds(1) }), Stop);
            Assert.Contains(AuditFault.AnchorEdited, await world.FaultsAsync());
            await world.Anchors.DeleteAsync(AuditWorld.Tenant, anchor.Id, null, Stop);
            Assert.Contains(AuditFault.AnchorRemoved, await world.FaultsAsync());
            await world.Anchors.WriteAsync(AuditWorld.Tenant, DocumentWrite<AuditAnchor>.Upsert(anchor.Id, anchor), Stop);
        }

        Assert.Empty(await world.FaultsAsync());
    }

    [Fact]
    public async Task Verify_ExpiredRecords_AreNoFinding_ButTheirNeighboursAre()
    {
        await using var process = world.Process();
        for (var i = 0; i < 6; i++)
        {
            await AuditWorld.RecordAsync(process, 2);
            await AuditWorld.AnchorAsync(process);
            world.Time.Advance(TimeSpan.FromMinutes(30));
        }

        world.Time.Advance(TimeSpan.FromDays(400) - TimeSpan.FromMinutes(100));
        var left = world.Records.All(AuditWorld.Tenant).OrderBy(r => r.Sequence).ToList();
        Assert.InRange(left.Count, 2, 11);
        Assert.Empty(await world.FaultsAsync());

        await world.RemoveAsync(left[0].Id);
        Assert.Equal([AuditFault.RecordRemoved], await world.FaultsAsync());
        world.Time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(world.Records.All(AuditWorld.Tenant));
        Assert.Empty(await world.FaultsAsync());
        world.Time.Advance(TimeSpan.FromDays(31));
        Assert.Empty(await world.FaultsAsync());
    }

    [Fact]
    public async Task Verify_RecordsFromBeforeTheKey_CountOnceAnAnchorHoldsThem()
    {
        await using (var keyless = world.Process(""))
        {
            await AuditWorld.RecordAsync(keyless, 3);
        }

        Assert.Equal([AuditFault.Unprotected], await world.FaultsAsync());
        await using var keyed = world.Process();
        await AuditWorld.AnchorAsync(keyed);
        var report = await world.VerifyAsync();

        Assert.Empty(report.Findings);
        Assert.Equal(4, report.RecordsWithoutKey);
        Assert.False((await world.VerifyAsync("")).Protected);
    }

    private async Task FillAsync()
    {
        await using var first = world.Process();
        await using var second = world.Process();
        for (var i = 0; i < 3; i++)
        {
            await AuditWorld.RecordAsync(first, 2);
            await AuditWorld.RecordAsync(second, 2);
            await AuditWorld.AnchorAsync(i == 1 ? first : second);
            world.Time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Empty(await world.FaultsAsync());
    }

    private static JsonNode? Changed(string name, JsonNode? value, Random random) => value switch
    {
        null => "x",
        JsonObject details => new JsonObject(details.Skip(1).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())).Append(KeyValuePair.Create("a", (JsonNode?)"b"))),
        JsonValue v when v.GetValueKind() == JsonValueKind.Number => v.GetValue<long>() + 1 + random.Next(3),
        _ when name is "at" or "recordedAt" or "expiresAt" or "earlierExpireBy" => value.GetValue<DateTimeOffset>().AddTicks(1),
        _ when name == "outcome" => "refused",
        _ => value.GetValue<string>() + "x",
    };
}
