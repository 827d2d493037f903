using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>The app's functions, found once at the start.</summary>
internal sealed class FunctionCatalog
{
    private readonly Dictionary<string, FunctionDescriptor> orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, FunctionDescriptor> activities = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, FunctionDescriptor> entities = new(StringComparer.OrdinalIgnoreCase);

    private FunctionCatalog(IReadOnlyList<FunctionDescriptor> functions)
    {
        Functions = functions;
        foreach (var function in functions)
        {
            switch (function.Trigger)
            {
                case OrchestrationTriggerAttribute trigger:
                    Add(orchestrators, trigger.Orchestration ?? function.Name, function);
                    break;
                case ActivityTriggerAttribute trigger:
                    Add(activities, trigger.Activity ?? function.Name, function);
                    break;
                case EntityTriggerAttribute trigger:
                    Add(entities, trigger.EntityName ?? function.Name, function);
                    break;
            }
        }
    }

    public IReadOnlyList<FunctionDescriptor> Functions { get; }

    /// <summary>By the name that orchestrations are started with, ignoring case.</summary>
    public IReadOnlyDictionary<string, FunctionDescriptor> Orchestrators => orchestrators;

    public IReadOnlyDictionary<string, FunctionDescriptor> Activities => activities;

    public IReadOnlyDictionary<string, FunctionDescriptor> Entities => entities;

    /// <exception cref="FunctionRefusedException">A function breaks a rule.</exception>
    public static FunctionCatalog Read(LocalHostOptions options, IConfiguration configuration)
    {
        var functions = new List<FunctionDescriptor>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var type in Types(options, configuration))
        {
            foreach (var method in Methods(type))
            {
                var function = FunctionReader.Read(method);
                if (!names.Add(function.Name))
                {
                    throw new FunctionRefusedException(function.Name, "another function has the same name.");
                }

                if (!IsDisabled(function.Name, configuration))
                {
                    functions.Add(function);
                }
            }
        }

        return new FunctionCatalog(functions);
    }

    // The host's own setting; its name has colons where it came through "__".
    private static bool IsDisabled(string function, IConfiguration configuration) =>
        (configuration[$"AzureWebJobs.{function}.Disabled"] ?? configuration[$"AzureWebJobs:{function}:Disabled"]) is { } text
        && (text == "1" || (bool.TryParse(text, out var disabled) && disabled));

    private static IEnumerable<Type> Types(LocalHostOptions options, IConfiguration configuration) =>
        // The compiler's own classes (closures, state machines) hold no functions.
        options.FunctionTypes ?? Assemblies(options, configuration).SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsClass && type.Name[0] != '<');

    private static IEnumerable<Assembly> Assemblies(LocalHostOptions options, IConfiguration configuration)
    {
        if (options.Assemblies is not null)
        {
            return options.Assemblies;
        }

        // Where the app's Program runs inside another program (a test), the entry assembly is not the app.
        var assembly = configuration["LocalRuntime:Assembly"] is { } name ? Assembly.Load(new AssemblyName(name)) : Assembly.GetEntryAssembly();
        return assembly is null ? [] : [assembly];
    }

    private static IEnumerable<MethodInfo> Methods(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.IsDefined(typeof(FunctionAttribute), inherit: false));

    private static void Add(Dictionary<string, FunctionDescriptor> byName, string name, FunctionDescriptor function)
    {
        if (!byName.TryAdd(name, function))
        {
            throw new FunctionRefusedException(function.Name, $"another function already answers to the task name '{name}'.");
        }
    }
}
