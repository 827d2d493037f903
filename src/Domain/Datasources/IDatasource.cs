using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Datasources;

/// <summary>A configured outside system. It belongs to one tenant, and no other tenant's question ever reaches it.</summary>
public interface IDatasource
{
    /// <summary>Unique among the tenant's sources of its kind.</summary>
    string Name { get; }

    string Tenant => Tenants.Default;
}
