namespace Nightwatch.Domain.Queries.Templates;

/// <summary>All templates.</summary>
internal static class TemplateLibrary
{
    public static IReadOnlyList<MeasureTemplate> All { get; } =
        [.. HostTemplates.All, .. ContainerTemplates.All, .. ServiceTemplates.All, .. RuntimeTemplates.All, .. DatabaseTemplates.All];

    /// <summary>Subjects that a question must name, or for which there is nothing else.</summary>
    public static bool IsSpecial(string subject) => subject is not ("host" or "container" or "kubernetes" or "service" or "process" or "target" or "database");

    public static MeasureTemplate Find(string id) => All.First(t => t.Id == id);
}
