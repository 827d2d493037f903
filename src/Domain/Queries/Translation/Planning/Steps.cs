namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Resolutions for windows.</summary>
internal static class Steps
{
    private static readonly TimeSpan[] Usual =
    [
        TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1),
    ];

    /// <summary>About 200 points over the window.</summary>
    public static TimeSpan OfRange(TimeSpan window) => Array.Find(Usual, s => window / s <= 250) is { Ticks: > 0 } step ? step : TimeSpan.FromDays(1);

    /// <summary>Fine enough not to miss a peak of minutes, and at most about 2000 points.</summary>
    public static TimeSpan OfSubquery(TimeSpan window) => Array.Find(Usual, s => s >= TimeSpan.FromMinutes(1) && window / s <= 2100) is { Ticks: > 0 } step ? step : TimeSpan.FromDays(1);
}
