using Nightwatch.LocalRuntime.Tests.DurableTask;
using Nightwatch.LocalRuntime.Tests.Simulation;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Faults;

/// <summary>
/// The write-ahead log cut off at any byte, as when the power goes while it is written: what was acknowledged before that byte is there, the file is sound, and
/// the work goes on to the same results. A cut inside a frame is a torn write; SQLite's checksums must drop it and all after it.
/// </summary>
public sealed class PowerLossTests
{
    private const int LogHeader = 32;
    private const int Frame = 24 + 4096;
    private const int Instances = 4;

    private static readonly bool All = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1";

    private readonly RecipeFunctions functions = new();

    [Fact]
    public async Task LogCutAnywhere_KeepsWhatWasAcknowledged()
    {
        using var recorded = new ScratchDirectory();
        var acknowledged = await RecordAsync(recorded);
        var frames = (new FileInfo(recorded.File("log")).Length - LogHeader) / Frame;
        Assert.InRange(frames, 40, 20_000);
        var random = new Random(5);
        for (var frame = 0L; frame <= frames; frame += All ? 1 : Math.Max(1, frames / 10))
        {
            var torn = frame < frames && random.Next(2) == 0 ? random.Next(1, Frame) : 0;
            await AssertRecoversAsync(recorded, LogHeader + (frame * Frame) + torn, acknowledged);
        }
    }

    /// <summary>Runs some instances with checkpoints off; returns how long the log was when each schedule was acknowledged.</summary>
    private async Task<long[]> RecordAsync(ScratchDirectory recorded)
    {
        using var store = new FaultyStore(functions);
        await using var engine = await FaultyStore.StartAsync(store.Open());
        await engine.Store.WriteAsync(session => session.Scalar("PRAGMA wal_autocheckpoint = 0"));
        var acknowledged = new long[Instances];
        for (var i = 0; i < Instances; i++)
        {
            await FaultyStore.ScheduleAsync(engine, $"one-{i}");
            acknowledged[i] = new FileInfo(store.Log).Length;
        }

        for (var i = 0; i < Instances; i++)
        {
            await FaultyStore.AssertEndsAsync(engine, $"one-{i}");
        }

        // A commit of its own, so that nothing is on its way while the files are copied.
        await engine.Store.WriteAsync(_ =>
        {
            File.Copy(store.File, recorded.File("file"));
            File.Copy(store.Log, recorded.File("log"));
            return true;
        });
        return acknowledged;
    }

    private async Task AssertRecoversAsync(ScratchDirectory recorded, long length, long[] acknowledged)
    {
        using var store = new FaultyStore(functions);
        File.Copy(recorded.File("file"), store.File);
        await using (var from = File.OpenRead(recorded.File("log")))
        await using (var to = File.Create(store.Log))
        {
            var log = new byte[length];
            await from.ReadExactlyAsync(log, DurableHost.Cancellation);
            await to.WriteAsync(log, DurableHost.Cancellation);
        }

        await using var engine = store.Open(lease: TimeSpan.FromMilliseconds(200));
        await FaultyStore.StartAsync(engine);
        for (var i = 0; i < Instances; i++)
        {
            Assert.True(acknowledged[i] > length || engine.Store.Load($"one-{i}") is not null, $"Instance {i} was acknowledged and is not in a log of {length} bytes.");
            await FaultyStore.ScheduleAsync(engine, $"one-{i}");
        }

        for (var i = 0; i < Instances; i++)
        {
            await FaultyStore.AssertEndsAsync(engine, $"one-{i}");
        }

        await FaultyStore.AssertSharedAsync(engine, Instances);
        Assert.Equal("ok", engine.Store.Read(session => session.Scalar("PRAGMA integrity_check(1)")));
        FaultyStore.AssertSound(engine);
    }
}
