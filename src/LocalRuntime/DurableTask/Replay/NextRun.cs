namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>How the code asked to start over: with the serialised input, and the present version when there is none.</summary>
internal sealed record NextRun(string? Input, string? Version, bool KeepsEvents);
