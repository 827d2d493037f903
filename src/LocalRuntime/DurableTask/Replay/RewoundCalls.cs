namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Calls that a rewind took out of history: the code asks for them where it always did, and history has them later, where they were asked for again.
/// </summary>
internal sealed class RewoundCalls
{
    private readonly HashSet<int> deferred = [];

    /// <summary>Notes the calls that a history says were taken out of it, before it is played.</summary>
    public void Expect(IReadOnlyList<HistoryEvent> past)
    {
        foreach (var line in past)
        {
            if (line is { Kind: HistoryKind.Rewound, Task: >= 0 })
            {
                deferred.Add(line.Task);
            }
        }
    }

    /// <summary>Notes calls of a turn that was never stored because the engine had refused it.</summary>
    public void Defer(IEnumerable<int> calls) => deferred.UnionWith(calls);

    public bool IsDeferred(int task) => deferred.Contains(task);
}
