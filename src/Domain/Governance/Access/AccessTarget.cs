namespace Nightwatch.Domain.Governance.Access;

/// <summary>What a piece of data is about, as far as access is decided by it. Null is not known, which no limited scope covers.</summary>
public sealed record AccessTarget(string? Application, string? Environment, string? Datasource)
{
    /// <summary>Labels that name the application, the first that is there counts.</summary>
    public static IReadOnlyList<string> ApplicationLabels { get; } =
        ["application", "app", "app_kubernetes_io_name", "service", "service_name", "job"];

    public static IReadOnlyList<string> EnvironmentLabels { get; } = ["environment", "env", "deployment_environment", "stage", "namespace"];

    public static AccessTarget Of(IReadOnlyDictionary<string, string> labels, string? datasource) =>
        new(First(labels, ApplicationLabels), First(labels, EnvironmentLabels), datasource);

    private static string? First(IReadOnlyDictionary<string, string> labels, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (labels.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }
        }

        return null;
    }
}
