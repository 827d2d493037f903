namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>How finely and how far back to look, from how often the targets are scraped and since when there is data.</summary>
internal sealed record TimeScale
{
    /// <summary>Points per series; keeps an answer of some sixty series under the catalogue's cap.</summary>
    private const int Points = 150;

    /// <summary>The window of rate(): four scrapes, so that one lost scrape leaves a gap nowhere; 20 s to 5 min.</summary>
    public required TimeSpan RateWindow { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required int StepSeconds { get; init; }

    /// <param name="scrapeSeconds">Seconds between scrapes, or null when unknown (15 is assumed).</param>
    /// <param name="dataSince">When the oldest known data begins, or null when it is older than what was looked at.</param>
    public static TimeScale Choose(double? scrapeSeconds, DateTimeOffset? dataSince, DateTimeOffset startsAt, DateTimeOffset now)
    {
        var scrape = Math.Clamp(scrapeSeconds ?? 15, 1, 120);
        var rate = TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(scrape * 4), 20, 300));
        var lookback = scrape <= 6 ? TimeSpan.FromMinutes(12) : scrape <= 20 ? TimeSpan.FromMinutes(40) : TimeSpan.FromHours(2);
        var from = startsAt - lookback;
        if (dataSince is { } since && since > from)
        {
            // A rate over a window that begins before the data is too low, so the first window is left out where there is more.
            var whole = since + rate;
            from = whole < startsAt.AddSeconds(-30) ? whole : since;
        }

        // An alert that has fired for long is looked at around its start; what happens now is in the last part of the window.
        var to = now - startsAt > lookback ? startsAt + lookback : now;
        from = from < to ? from : to - TimeSpan.FromMinutes(5);
        return new TimeScale
        {
            RateWindow = rate,
            From = from,
            To = to,
            StepSeconds = Math.Max((int)Math.Ceiling(Math.Min(scrape, 60)), (int)Math.Ceiling((to - from).TotalSeconds / Points)),
        };
    }
}
