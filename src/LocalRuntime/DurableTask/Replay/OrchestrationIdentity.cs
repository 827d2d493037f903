using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What does not change while an execution runs.</summary>
internal sealed record OrchestrationIdentity(string InstanceId, string Name, string Version, ParentOrchestrationInstance? Parent);
