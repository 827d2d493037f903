using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.Translation;

/// <summary>How a time in words was meant.</summary>
public enum TimeMeaning
{
    /// <summary>This moment.</summary>
    Now,

    /// <summary>A moment in the past.</summary>
    Moment,

    /// <summary>A stretch of time.</summary>
    Window,

    /// <summary>It names an alert or an incident of which nobody told us when it was.</summary>
    Unknown,
}

/// <summary>A time that the question names. A moment has a window of no length.</summary>
/// <param name="Text">The words, as they were written.</param>
public sealed record TimeReference(TimeMeaning Meaning, TimeWindow Window, string Text)
{
    /// <summary>A calendar stretch (yesterday, last week) as against so much time back from now: its neighbour to compare with is the one before it.</summary>
    public bool IsCalendar { get; init; }

    /// <summary>It stands behind "compared to", "vs" or "than": what is asked for is measured against it.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>"Week over week": the stretch and the one before it.</summary>
    public bool IsNeighbour { get; init; }

    /// <summary>It is the time of an incident or alert.</summary>
    public bool IsIncident { get; init; }
}
