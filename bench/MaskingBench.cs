using System.Diagnostics;
using System.Globalization;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>What masking finds and misses on public texts, what it raises on logs without secrets, and its speed there on one core.</summary>
internal static class MaskingBench
{
    private const int WarmUp = 25;
    private const int Rounds = 25;

    public static Task RunAsync(CancellationToken cancellationToken)
    {
        var masker = new TextMasker();
        if (SecretSamples.Cases() is not { } cases || SecretSamples.LogLines() is not { } lines)
        {
            Console.WriteLine("  skipped: ../shared/bench/secrets and ../shared/bench/loghub are not here");
            return Task.CompletedTask;
        }

        var credentials = new TextMasker(new MaskingPolicy { Classes = SensitiveData.Credentials });
        foreach (var (name, tried) in (ReadOnlySpan<(string, TextMasker)>)[("credentials", credentials), ("default policy", masker)])
        {
            var hits = cases.Where(c => c.IsSecret && tried.Mask(c.Text) != c.Text).Count();
            var alarms = cases.Where(c => !c.IsSecret && tried.Mask(c.Text) != c.Text).Count();
            var wrong = lines.Count(l => tried.Mask(l) != l);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: recall {hits}/{cases.Count(c => c.IsSecret)}, false {alarms}/{cases.Count(c => !c.IsSecret)}, log lines {wrong}/{lines.Count}"));
        }

        var clean = lines.Where(l => masker.Mask(l) == l).ToList();
        foreach (var (name, texts) in (ReadOnlySpan<(string, List<string>)>)[("lines one by one", clean), ("1,000 lines at once", clean.Chunk(1000).Select(c => string.Join('\n', c)).ToList())])
        {
            Speed(name, masker, texts, cancellationToken);
        }

        return Task.CompletedTask;
    }

    private static void Speed(string name, TextMasker masker, List<string> texts, CancellationToken cancellationToken)
    {
        var megabytes = texts.Sum(l => (long)l.Length) / 1e6;
        var speeds = new Samples();
        var allocated = 0L;
        // A server has run for long: the compiler's tiers are behind it.
        for (var round = -WarmUp; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            foreach (var text in texts)
            {
                masker.Mask(text);
            }

            var speed = megabytes / Stopwatch.GetElapsedTime(began).TotalSeconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round >= 0)
            {
                speeds.Add(speed);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {megabytes:0.0} MB, median {speeds.Percentile(.5):0} MB/s, {allocated} bytes allocated"));
    }
}
