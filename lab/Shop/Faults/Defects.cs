using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.Shop.Faults;

/// <summary>
/// The code in which the faults live. Nothing here pretends: work is really slow, a damaged setting really fails to parse, memory is really kept,
/// and the new release really has the bug.
/// </summary>
internal sealed class Defects
{
    /// <summary>Bytes a second, and where the leak stops so that it cannot take the machine down.</summary>
    private const double LeakPerSecond = 5e6;
    private const long LeakLimit = 600L << 20;

    private readonly FaultPanel faults;
    private readonly bool newRelease;
    private readonly Lock gate = new();
    private readonly List<byte[]> history = [];
    private long kept;
    private long lastKept;

    public Defects(FaultPanel faults, string version)
    {
        this.faults = faults;
        newRelease = Version.Parse(version) >= new Version(1, 5, 0);
        faults.Mended += Forget;
    }

    /// <summary>What every business request passes through before its own work.</summary>
    /// <exception cref="FormatException">The regional limit cannot be parsed.</exception>
    /// <exception cref="InvalidOperationException">Release 1.5.0 met a customer without a tier.</exception>
    public async Task ApplyAsync(HttpContext context)
    {
        _ = Limit(context.Request.Headers["x-region"].ToString());
        if (newRelease)
        {
            _ = LoyaltyDiscount(context.Request.Headers["x-customer-tier"]);
        }

        if (faults.IsOn(Fault.Leak))
        {
            Remember(context.TraceIdentifier);
        }

        if (faults.IsOn(Fault.Latency))
        {
            await ScreenAsync(context.TraceIdentifier, context.RequestAborted);
        }
    }

    /// <summary>How many items a basket of the region may hold. The errors fault damages the setting of two regions of four.</summary>
    private int Limit(string region)
    {
        var setting = region is "eu" or "uk" && faults.IsOn(Fault.Errors) ? "5O0" : "500";
        return int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : throw new FormatException($"setting basket_limit.{region} is not a number: '{setting}'");
    }

    /// <summary>New in 1.5.0: takes for granted that everyone has a tier, and guests have none.</summary>
    private static decimal LoyaltyDiscount(string? tier) => tier switch
    {
        "gold" => 0.10m,
        "silver" => 0.05m,
        _ => throw new InvalidOperationException($"LoyaltyDiscount: no discount table for tier '{tier}'"),
    };

    /// <summary>A screening whose rule set grew out of hand: about 5 ms of hashing, and 1.2 to 2 s of waiting for a rules engine.</summary>
    private static async Task ScreenAsync(string subject, CancellationToken cancellationToken)
    {
        var digest = Encoding.UTF8.GetBytes(subject);
        for (var i = 0; i < 5000; i++)
        {
            digest = SHA256.HashData(digest);
        }

        await Task.Delay(TimeSpan.FromSeconds(1.2 + (Random.Shared.NextDouble() * 0.8)), cancellationToken);
    }

    private void Remember(string subject)
    {
        lock (gate)
        {
            var now = Environment.TickCount64;
            var bytes = (int)Math.Clamp((now - (lastKept == 0 ? now : lastKept)) * LeakPerSecond / 1000, 64 << 10, 8 << 20);
            lastKept = now;
            if (kept + bytes > LeakLimit)
            {
                return;
            }

            var copy = new byte[bytes];
            // Written to, so that the pages are resident.
            Array.Fill(copy, (byte)subject.Length);
            history.Add(copy);
            kept += bytes;
        }
    }

    private void Forget()
    {
        lock (gate)
        {
            if (kept == 0)
            {
                return;
            }

            history.Clear();
            history.TrimExcess();
            kept = 0;
            lastKept = 0;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
