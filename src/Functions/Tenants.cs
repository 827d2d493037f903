namespace Nightwatch.Functions;

/// <summary>Every partition belongs to a tenant; until tenants can be told apart at sign-in there is one.</summary>
public static class Tenants
{
    public const string Default = "default";
}
