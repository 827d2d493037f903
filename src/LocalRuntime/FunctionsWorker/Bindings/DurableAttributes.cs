using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    public OrchestrationTriggerAttribute()
    {
    }

    /// <summary>The orchestration's name when it is not the function's.</summary>
    public string? Orchestration { get; set; }
}

public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    public ActivityTriggerAttribute()
    {
    }

    /// <summary>The activity's name when it is not the function's.</summary>
    public string? Activity { get; set; }
}

/// <summary>Runs an entity; the parameter is a <see cref="TaskEntityDispatcher"/>.</summary>
public sealed class EntityTriggerAttribute : TriggerBindingAttribute
{
    public EntityTriggerAttribute()
    {
    }

    /// <summary>The entity's name when it is not the function's.</summary>
    public string? EntityName { get; set; }
}

/// <summary>Binds a Microsoft.DurableTask.Client.DurableTaskClient.</summary>
public sealed class DurableClientAttribute : InputBindingAttribute
{
    public DurableClientAttribute()
    {
    }

    public string? TaskHub { get; set; }

    public string? ConnectionName { get; set; }
}
