namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>The labels under which the world keeps the names of things, the usual ones first.</summary>
internal static class EntityKinds
{
    /// <summary>A service that another one calls.</summary>
    public const string Called = "called";

    private static readonly Dictionary<string, string[]> ByKind = new(StringComparer.Ordinal)
    {
        ["service"] = ["service", "service_name", "exported_service", "app", "application", "app_kubernetes_io_name", "job", "container", "deployment", "workload", "component", "kubernetes_name", "destination_service_name", "pod"],
        ["app"] = ["application", "app", "app_kubernetes_io_name", "service", "service_name", "job", "container", "deployment", "workload", "namespace", "pod"],
        ["pod"] = ["pod", "pod_name", "kubernetes_pod_name", "exported_pod", "instance"],
        ["container"] = ["container", "container_name", "name", "exported_container", "pod"],
        ["namespace"] = ["namespace", "kubernetes_namespace", "exported_namespace"],
        ["environment"] = ["environment", "env", "stage", "deployment_environment", "deployment_environment_name", "tier", "cluster", "namespace"],
        ["host"] = ["instance", "node", "nodename", "host", "hostname", "host_name", "kubernetes_node", "server"],
        ["kubernetes"] = ["deployment", "statefulset", "daemonset", "horizontalpodautoscaler", "replicaset", "cluster", "workload", "pod"],
        ["topic"] = ["topic"],
        ["consumer"] = ["consumergroup", "group", "consumer_group"],
        ["queue"] = ["queue", "queue_name"],
        ["database"] = ["datname", "database", "db", "schema", "service", "instance"],
        ["disk"] = ["mountpoint", "device", "persistentvolumeclaim"],
        ["probe"] = ["instance", "target", "job"],
        ["pvc"] = ["persistentvolumeclaim"],
        ["job"] = ["job_name", "cronjob", "job"],
        ["network"] = ["device", "interface"],
        [Called] = ["peer_service", "destination_service_name", "destination_service", "server_address", "upstream"],
    };

    private static readonly string[][] Aliases = [["production", "prod", "prd", "live"], ["staging", "stage", "stg", "preprod"], ["development", "dev"], ["testing", "test", "qa"]];

    /// <summary>Labels of things that people call by name without saying what they are.</summary>
    public static bool IsPlainlyNamed(string label) => label is not ("topic" or "queue" or "queue_name" or "mountpoint" or "device" or "interface" or "name" or "group" or "component" or "schema" or "target" or "persistentvolumeclaim" or "tier");

    /// <summary>Kinds of which a word beside is more often a property (disk space, queue depth) than a name.</summary>
    public static bool IsSeldomNamed(string? kind) => kind is "disk" or "queue" or "network" or "job" or "consumer" or "kubernetes" or "database" or "topic";

    /// <summary>Every label that names a thing rather than a property of it.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByKind.Where(k => k.Key != Called).SelectMany(k => k.Value).Concat(["log_file_type"]).Distinct()];

    /// <summary>Labels for a thing of that kind; for a kind that is not known, those of a service and then all others.</summary>
    public static IReadOnlyList<string> LabelsOf(string kind) => ByKind.TryGetValue(kind, out var labels) ? labels : ByKind["service"];

    /// <summary>Other names of an environment, the name itself first.</summary>
    public static IReadOnlyList<string> AliasesOf(string name) =>
        Array.Find(Aliases, a => a.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } known ? [name, .. known.Where(k => !k.Equals(name, StringComparison.OrdinalIgnoreCase))] : [name];

    public static bool IsEnvironment(string lower) => Array.Exists(Aliases, a => a.Contains(lower));

    /// <summary>The kind that a word in a question stands for; null when it stands for none.</summary>
    public static string? OfWord(QuestionToken token) => token.Stem switch
    {
        "servic" or "microservic" or "svc" or "backend" or "component" => "service",
        "app" or "application" => "app",
        "pod" => "pod",
        "container" => "container",
        "namespac" or "ns" => "namespace",
        "environment" or "env" => "environment",
        "host" or "server" or "machin" or "node" or "vm" or "hostnam" or "box" or "instanc" => "host",
        "deployment" or "statefulset" or "daemonset" or "cluster" or "replicaset" or "autoscaler" or "hpa" => "kubernetes",
        "topic" => "topic",
        "consumer" or "group" => "consumer",
        "queu" => "queue",
        "databas" or "db" => "database",
        "mountpoint" or "filesystem" or "partition" or "disk" => "disk",
        "devic" or "interfac" => "network",
        "job" or "cronjob" => "job",
        _ => null,
    };
}
