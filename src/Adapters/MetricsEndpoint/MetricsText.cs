using System.Diagnostics.Metrics;
using System.Text;

namespace Nightwatch.Adapters.MetricsEndpoint;

/// <summary>
/// Listens to our own meters (System.Diagnostics.Metrics, names that begin with Nightwatch) from its creation on and writes what they said, together with
/// the process's own numbers, in Prometheus' text format. Series are bounded; a metric that has too many gathers the rest under overflow="true".
/// </summary>
public sealed class MetricsText : IDisposable
{
    /// <summary>Content type of <see cref="Render"/>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const int MaxFamilies = 500;

    /// <summary>Seconds; OpenTelemetry's defaults for durations, used when an instrument gives no advice.</summary>
    private static readonly double[] DefaultBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, MetricFamily> families = new(StringComparer.Ordinal);
    private readonly MeterListener listener = new();

    [ThreadStatic]
    private static long collectionOfThisThread;

    private long collections;

    /// <param name="meterPrefix">Meters whose name begins with it are listened to.</param>
    public MetricsText(string meterPrefix = "Nightwatch")
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name.StartsWith(meterPrefix, StringComparison.Ordinal) && FamilyOf(instrument) is { } family)
            {
                self.EnableMeasurementEvents(instrument, family);
            }
        };
        listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => Record((double)value, tags, state));
        listener.Start();
    }

    /// <summary>Everything as it stands now, sorted by name.</summary>
    public string Render()
    {
        var text = new StringBuilder(16 * 1024);
        lock (gate)
        {
            Observe();
            foreach (var family in families.Values)
            {
                family.Write(text, collections);
            }
        }

        ProcessMetrics.Write(text);
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    /// <summary>Asks the observable instruments; their callbacks answer on this thread, which is how they are told from recordings.</summary>
    private void Observe()
    {
        collectionOfThisThread = ++collections;
        try
        {
            listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // An instrument's callback failed; its series are missing from this scrape, the others are there.
        }
        finally
        {
            collectionOfThisThread = 0;
        }
    }

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family) =>
        ((MetricFamily)family!).Record(value, tags, collectionOfThisThread);

    /// <summary>The family of an instrument; null when there are too many, or when one of another kind has the name.</summary>
    private MetricFamily? FamilyOf(Instrument instrument)
    {
        var type = instrument.GetType();
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        var kind = generic == typeof(Histogram<>) ? FamilyKind.Histogram
            : generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>) ? FamilyKind.Counter
            : generic == typeof(UpDownCounter<>) || generic == typeof(ObservableUpDownCounter<>) ? FamilyKind.UpDown
            : FamilyKind.Gauge;
        var name = MetricName.Of(instrument.Name, instrument.Unit, kind == FamilyKind.Counter);
        lock (gate)
        {
            if (families.TryGetValue(name, out var known))
            {
                return known.Kind == kind ? known : null;
            }

            return families.Count >= MaxFamilies
                ? null
                : families[name] = new MetricFamily(name, instrument.Description ?? "", kind, kind == FamilyKind.Counter, Boundaries(instrument));
        }
    }

    private static IReadOnlyList<double> Boundaries(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } own } => own,
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } own } => [.. own.Select(b => (double)b)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } own } => [.. own.Select(b => (double)b)],
        _ => DefaultBoundaries,
    };
}
