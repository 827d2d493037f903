using System.Diagnostics;
using System.Globalization;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>From process start to the first answer, and what the process holds when nothing happens.</summary>
internal static class StartupBench
{
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var azurite = await Azurite.StartAsync(cancellationToken);
        using var state = new ScratchDirectory();
        var starts = new Samples();
        for (var i = 0; i < 7; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, null, cancellationToken);
            starts.AddSince(started);
        }

        Console.WriteLine($"  process start to first answer (ready): {starts}");
        await using var resting = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, null, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(30), cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  resident memory after 30 s at rest: {ResidentMegabytes(resting.ProcessId):0} MB"));
    }

    public static double ResidentMegabytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
