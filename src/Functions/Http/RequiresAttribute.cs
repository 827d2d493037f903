using Nightwatch.Domain.Governance;

namespace Nightwatch.Functions.Http;

/// <summary>
/// The permission that an HTTP function asks of its caller. Every HTTP function carries this or <see cref="PublicAttribute"/>; a test walks them all.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresAttribute(Permission permission) : Attribute
{
    public Permission Permission { get; } = permission;
}

/// <summary>An HTTP function that anybody may call: it shows nothing of the tenant's data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublicAttribute : Attribute;
