using Microsoft.DurableTask;
using Microsoft.DurableTask.Abstractions;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Which versions of orchestrations an engine runs (extensions.durableTask.versionMatchStrategy).</summary>
internal enum VersionMatch
{
    /// <summary>All.</summary>
    None,

    /// <summary>Only its own.</summary>
    Strict,

    /// <summary>Its own and older ones.</summary>
    CurrentOrOlder,
}

/// <summary>What becomes of an instance of another version (extensions.durableTask.versionFailureStrategy).</summary>
internal enum VersionFailure
{
    /// <summary>It is left for a process of the right version.</summary>
    Reject,

    /// <summary>It fails.</summary>
    Fail,
}

/// <summary>
/// Says whether this engine may run an instance of a version. Without a version of its own an engine runs all. Versions compare as
/// <see cref="TaskOrchestrationVersioningUtils"/> says.
/// </summary>
internal sealed class VersionGate(DurableEngineOptions options)
{
    private const int MostRemembered = 1_000;

    private readonly Lock gate = new();
    private readonly HashSet<string> rejected = new(StringComparer.Ordinal);

    /// <summary>The failure of an instance that this engine must not run; null when it may.</summary>
    public TaskFailureDetails? Refusal(string version)
    {
        if (options.DefaultVersion.Length == 0 || options.VersionMatch == VersionMatch.None)
        {
            return null;
        }

        var order = TaskOrchestrationVersioningUtils.CompareVersions(version, options.DefaultVersion);
        return options.VersionMatch == VersionMatch.Strict
            ? order == 0 ? null : Mismatch($"The orchestration version '{version}' does not match the worker version '{options.DefaultVersion}'.")
            : order <= 0 ? null : Mismatch($"The orchestration version '{version}' is greater than the worker version '{options.DefaultVersion}'.");
    }

    /// <summary>True when the engine must leave instances of the version to other processes.</summary>
    public bool Leaves(string version) => options.VersionFailure == VersionFailure.Reject && Refusal(version) is not null;

    /// <summary>Notes versions that are not to be claimed. True when one of them is new.</summary>
    public bool Remember(IEnumerable<string> versions)
    {
        lock (gate)
        {
            if (rejected.Count > MostRemembered)
            {
                rejected.Clear();
            }

            var isNew = false;
            foreach (var version in versions)
            {
                isNew |= rejected.Add(version);
            }

            return isNew;
        }
    }

    /// <summary>The noted versions.</summary>
    public IReadOnlyList<string> Rejected
    {
        get
        {
            lock (gate)
            {
                return rejected.Count == 0 ? [] : [.. rejected];
            }
        }
    }

    private static TaskFailureDetails Mismatch(string message) => new("VersionMismatch", message, null, null, null);
}
