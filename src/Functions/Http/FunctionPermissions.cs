using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Functions.Http;

/// <summary>What each HTTP function asks for, read from its attributes.</summary>
public sealed class FunctionPermissions
{
    private readonly ConcurrentDictionary<string, FunctionAccess> known = new(StringComparer.Ordinal);

    public FunctionAccess Of(FunctionDefinition function) => known.GetOrAdd(function.EntryPoint, Read);

    /// <param name="entryPoint">Namespace.Class.Method, as both runtimes write it.</param>
    private static FunctionAccess Read(string entryPoint)
    {
        var dot = entryPoint.LastIndexOf('.');
        var type = typeof(FunctionPermissions).Assembly.GetType(entryPoint[..dot]);
        var method = type?.GetMethod(entryPoint[(dot + 1)..], BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance);
        var permission = method?.GetCustomAttribute<RequiresAttribute>()?.Permission;
        // A function that names neither is shut: forgetting an attribute never opens a door.
        return new FunctionAccess(method?.GetCustomAttribute<PublicAttribute>() is not null && permission is null, permission);
    }
}

/// <summary>Open to anybody, or the permission it takes; neither means closed to everybody.</summary>
public sealed record FunctionAccess(bool Public, Permission? Permission);
