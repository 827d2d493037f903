using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nightwatch.Domain.DeadLetters;

/// <summary>Letters that came, and letters that were put back, by queue.</summary>
internal static class DeadLetterTelemetry
{
    private static readonly Meter Meter = new("Nightwatch.DeadLetters");
    private static readonly Counter<long> Letters = Meter.CreateCounter<long>("nightwatch.dead_letters.stored", "{message}", "Messages that a queue gave up on, by queue.");
    private static readonly Counter<long> Back = Meter.CreateCounter<long>("nightwatch.dead_letters.redelivered", "{message}", "Dead letters that were put back, by queue.");

    public static void Stored(string queue) => Letters.Add(1, new TagList { { "queue", queue } });

    public static void Redelivered(IEnumerable<DeadLetterOutcome> outcomes)
    {
        foreach (var message in outcomes.Select(o => o.Message).OfType<RedeliveredMessage>())
        {
            Back.Add(1, new TagList { { "queue", message.Queue } });
        }
    }
}
