namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Which PromQL a server speaks.</summary>
public enum PromQlDialect
{
    /// <summary>Prometheus 2.42, which Debian packages.</summary>
    V242,

    /// <summary>
    /// Prometheus 3.x with all that its own parser tests switch on: UTF-8 names, numbers as durations and the reverse, arithmetic on durations,
    /// <c>anchored</c> and <c>smoothed</c>, <c>limitk</c>, <c>fill</c> modifiers and the experimental functions.
    /// </summary>
    V3,
}
