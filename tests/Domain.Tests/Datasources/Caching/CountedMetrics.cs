using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Tests.Datasources.Caching;

/// <summary>Counts what it is asked; every answer is another number. It waits, fails or gives nothing when told to.</summary>
internal sealed class CountedMetrics(string name = "prom", string tenant = "acme") : IMetricSource, ILogSource, IDashboardSource, IQuerySource
{
    private int asked;

    public string Name => name;

    public string Tenant => tenant;

    public string Type => "influxdb";

    public int Asked => Volatile.Read(ref asked);

    public SourceException? Failure { get; set; }

    /// <summary>Nothing is answered before it is set.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Set once a question is called off.</summary>
    public TaskCompletionSource CalledOff { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Notes { get; set; } = [];

    public bool IsEmpty { get; set; }

    /// <summary>Of each sample's label, so that answers have a weight.</summary>
    public int Weight { get; set; } = 1;

    public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken) =>
        AnswerAsync(n => new MetricAnswer<MetricSample>(Some(new MetricSample(Labels(), at, n)), Notes), cancellationToken);

    public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) =>
        AnswerAsync(n => new MetricAnswer<MetricSeries>(Some(new MetricSeries(Labels(), [new MetricPoint(window.End, n)])), Notes), cancellationToken);

    public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        AnswerAsync(n => new MetricAnswer<IReadOnlyDictionary<string, string>>(Some(Labels()), Notes), cancellationToken);

    public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) => AnswerAsync(n => Some(new MetricMetadata($"m{n}", "gauge", "", "")), cancellationToken);

    public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) =>
        AnswerAsync(n => Some(new AlertingRule($"r{n}", "up", TimeSpan.Zero, Labels(), "g")), cancellationToken);

    public Task<IReadOnlyList<LogEntry>> QueryRangeAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) => LinesAsync(window, cancellationToken);

    public Task<IReadOnlyList<LogEntry>> QueryForwardAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) => LinesAsync(window, cancellationToken);

    public Task<MetricAnswer<MetricSample>> QuerySamplesAsync(string logql, DateTimeOffset at, CancellationToken cancellationToken) => QueryAsync(logql, at, cancellationToken);

    public Task<IReadOnlyList<string>> ListLabelsAsync(TimeWindow window, CancellationToken cancellationToken) => AnswerAsync(n => Some($"label{n}"), cancellationToken);

    public Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, TimeWindow window, CancellationToken cancellationToken) => AnswerAsync(n => Some($"value{n}"), cancellationToken);

    public Task<IReadOnlyList<DashboardSummary>> SearchAsync(string? text, string? tag, int limit, CancellationToken cancellationToken) =>
        AnswerAsync(n => Some(Summary(n)), cancellationToken);

    public Task<Dashboard?> GetAsync(string uid, CancellationToken cancellationToken) => AnswerAsync(n => IsEmpty ? null : new Dashboard(Summary(n), n, []), cancellationToken);

    public Task<IReadOnlyList<UpstreamDatasource>> ListUpstreamAsync(CancellationToken cancellationToken) =>
        AnswerAsync(n => Some(new UpstreamDatasource($"u{n}", "x", "prometheus", true)), cancellationToken);

    public Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string query, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => QueryRangeAsync(query, window, step, cancellationToken);

    public Task<IReadOnlyList<LogEntry>> QueryLinesAsync(string query, TimeWindow window, int limit, CancellationToken cancellationToken) => LinesAsync(window, cancellationToken);

    public Uri LinkTo(string promql, TimeWindow window) => new($"http://{name}/graph");

    private static DashboardSummary Summary(int n) => new() { Uid = $"d{n}", Title = "Shop", Link = new Uri("http://grafana/d/1") };

    private Dictionary<string, string> Labels() => new() { ["l"] = new string('x', Weight) };

    private IReadOnlyList<T> Some<T>(T item) => IsEmpty ? [] : [item];

    private Task<IReadOnlyList<LogEntry>> LinesAsync(TimeWindow window, CancellationToken cancellationToken) => AnswerAsync(n => Some(new LogEntry(window.End, Labels(), $"line {n}")), cancellationToken);

    private async Task<T> AnswerAsync<T>(Func<int, T> make, CancellationToken cancellationToken)
    {
        var n = Interlocked.Increment(ref asked);
        if (Gate is { } gate)
        {
            try
            {
                await gate.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                CalledOff.TrySetResult();
                throw;
            }
        }

        return Failure is { } failure ? throw failure : make(n);
    }
}
