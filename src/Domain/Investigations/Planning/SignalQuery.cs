namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>A question in PromQL about a set of components at once; the answer has one series per component (and peer).</summary>
internal sealed record SignalQuery(string Topic, string Title, string Query, string Unit);
