using System.Collections.Concurrent;
using System.Reflection;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Finds an exception's type by the full name that history keeps.</summary>
internal static class ExceptionTypes
{
    private static readonly ConcurrentDictionary<string, Type> Found = new(StringComparer.Ordinal);

    /// <exception cref="AmbiguousMatchException">Several loaded assemblies hold a type of that name.</exception>
    public static Type? Find(string? fullName, Type nearBy)
    {
        if (string.IsNullOrEmpty(fullName))
        {
            return null;
        }

        if (Type.GetType(fullName, throwOnError: false) is { } core)
        {
            return core;
        }

        if (nearBy.Assembly.GetType(fullName, throwOnError: false) is { } sibling)
        {
            return sibling;
        }

        if (Found.TryGetValue(fullName, out var known))
        {
            return known;
        }

        return FindAnywhere(fullName) is { } type ? Found.GetOrAdd(fullName, type) : null;
    }

    private static Type? FindAnywhere(string fullName)
    {
        var types = AppDomain.CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(fullName, throwOnError: false))
            .OfType<Type>()
            .ToList();
        return types.Count < 2 ? types.FirstOrDefault() : throw new AmbiguousMatchException($"Several exception types are named '{fullName}'.");
    }
}
