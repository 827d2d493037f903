using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.Tests.DurableTask;
using Nightwatch.StoreDoctor;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Upkeep;

/// <summary>
/// Bytes of the file or of its log that are anything at all: the doctor says so or it does not matter, a repair never loses the copy, never fails itself,
/// and what it calls well an engine can run.
/// </summary>
public sealed class RandomDamageTests
{
    private static readonly bool All = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1";
    private static readonly DateTimeOffset Later = new(2126, 11, 21, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Repair_AnyBytes_EndsWellOrSaysWhatToDo()
    {
        using var model = await DamagedStore.MakeAsync();
        await model.AddInstancesAsync(60);
        var image = File.ReadAllBytes(model.File);
        var log = File.Exists(model.File + "-wal") ? File.ReadAllBytes(model.File + "-wal") : [];
        var (mended, hopeless) = (0, 0);
        for (var seed = 0; seed < (All ? 600 : 60); seed++)
        {
            using var scratch = ScratchDirectory.InMemory();
            var path = scratch.File("durable.db");
            var random = new Random(seed);
            File.WriteAllBytes(path, Damage([.. image], random));
            File.WriteAllBytes(path + "-wal", log);

            var before = Bytes(path);
            var check = StoreFile.Visit(path, false, Later);
            Assert.True(before.SequenceEqual(Bytes(path)), $"Seed {seed}: looking changed the file.");
            var repair = StoreFile.Visit(path, true, Later);

            Assert.False(check.IsUnexamined || repair.IsUnexamined, $"Seed {seed}: {string.Join('\n', check.Lines.Concat(repair.Lines))}");
            Assert.All(check.Lines.Concat(repair.Lines), line => Assert.DoesNotContain("   at ", line, StringComparison.Ordinal));
            if (!check.IsIll)
            {
                Assert.Equal(["ok    store durable.db"], repair.Lines);
            }
            else if (repair.IsIll)
            {
                hopeless++;
                Assert.True(before.SequenceEqual(Bytes(path)), $"Seed {seed}: a repair that came to nothing changed the file: {string.Join('\n', repair.Lines)}");
            }
            else
            {
                mended++;
                var copy = Assert.Single(Directory.EnumerateFiles(scratch.Path), name => name.Contains(StoreFile.CopyMark, StringComparison.Ordinal) && !name.EndsWith("-wal", StringComparison.Ordinal));
                Assert.True(before.SequenceEqual(Bytes(copy)), $"Seed {seed}: the copy is not what was.");
                Assert.Equal(["ok    store durable.db"], StoreFile.Visit(path, true, Later).Lines);
                Assert.DoesNotContain(Directory.EnumerateFiles(scratch.Path), name => name.Contains(".repair", StringComparison.Ordinal) || name.Contains(".salvage", StringComparison.Ordinal));
            }

            if (!repair.IsIll)
            {
                await AssertRunsAsync(model, path, seed);
            }
        }

        Assert.True(mended > 10, $"{mended} were mended, {hopeless} could not be: the damage does not test much.");
    }

    // Some bytes in one place, some whole pages, or a file that ends early.
    private static byte[] Damage(byte[] image, Random random)
    {
        const int page = 4096;
        switch (random.Next(5))
        {
            case 0:
                random.NextBytes(image.AsSpan(random.Next(image.Length - 64), random.Next(1, 64)));
                return image;
            case 1:
                return image[..random.Next(image.Length)];
            case 2:
                image.AsSpan(random.Next(image.Length / page) * page, page).Clear();
                return image;
            default:
                for (var pages = random.Next(1, 4); pages > 0; pages--)
                {
                    random.NextBytes(image.AsSpan(random.Next(random.Next(10) == 0 ? 0 : 1, image.Length / page) * page, page));
                }

                return image;
        }
    }

    private static byte[] Bytes(string path) => File.Exists(path + "-wal") ? [.. File.ReadAllBytes(path), .. File.ReadAllBytes(path + "-wal")] : File.ReadAllBytes(path);

    private static async Task AssertRunsAsync(DamagedStore model, string path, int seed)
    {
        await using var engine = model.Open(path);
        await engine.StartAsync(DurableHost.Cancellation);
        await foreach (var one in engine.Client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = "more-", Statuses = [OrchestrationRuntimeStatus.Running] }))
        {
            await engine.Client.RaiseEventAsync(one.InstanceId, "Go", "went", DurableHost.Cancellation);
            var end = await engine.Client.WaitForInstanceCompletionAsync(one.InstanceId, true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
            Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, $"Seed {seed}: {one.InstanceId} is {end.RuntimeStatus}: {end.FailureDetails}");
        }
    }
}
