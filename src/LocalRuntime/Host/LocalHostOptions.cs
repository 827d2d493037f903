using System.Reflection;

namespace Nightwatch.LocalRuntime.Host;

/// <summary>What one host in this process serves; a program uses the defaults, a test names its own functions, folder and settings.</summary>
internal sealed record LocalHostOptions
{
    public string[] Arguments { get; init; } = [];

    /// <summary>The folder of host.json and local.settings.json.</summary>
    public string BaseDirectory { get; init; } = AppContext.BaseDirectory;

    /// <summary>The assemblies searched for functions; by default the entry assembly.</summary>
    public IReadOnlyList<Assembly>? Assemblies { get; init; }

    /// <summary>When set, only these classes are searched.</summary>
    public IReadOnlyList<Type>? FunctionTypes { get; init; }

    /// <summary>Settings above all others.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
}
