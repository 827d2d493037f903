using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Nightwatch.Domain.Applications;

/// <summary>Writes a profile as YAML that <see cref="ApplicationYaml"/> reads as the same profile. What is empty is left out.</summary>
public sealed partial class ApplicationYamlWriter
{
    private static readonly string[] Reserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

    private readonly Emitter emitter;

    private ApplicationYamlWriter(TextWriter text) =>
        emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));

    public static string Write(ApplicationProfile profile)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var writer = new ApplicationYamlWriter(text);
        writer.emitter.Emit(new StreamStart());
        writer.emitter.Emit(new DocumentStart());
        writer.Profile(profile);
        writer.emitter.Emit(new DocumentEnd(isImplicit: true));
        writer.emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private void Profile(ApplicationProfile profile) => Map(() =>
    {
        Text("id", profile.Id);
        Text("name", profile.Name);
        Text("description", profile.Description);
        Text("architecture", profile.Architecture);
        List("environments", profile.Environments, environment =>
        {
            Text("name", environment.Name);
            Labels(environment.Labels);
        });
        List("owners", profile.Owners, owner =>
        {
            Text("name", owner.Name);
            Text("contact", owner.Contact);
        });
        Mapping("metrics", profile.Metrics);
        Mapping("logs", profile.Logs);
        List("components", profile.Components, Component);
        List("defaultMetrics", profile.DefaultMetrics, metric =>
        {
            Text("name", metric.Name);
            Text("query", metric.Query);
            Text("unit", metric.Unit);
            Text("description", metric.Description);
        });
        List("slos", profile.Slos, Slo);
    });

    private void Component(ApplicationComponent component)
    {
        Text("name", component.Name);
        Text("kind", ApplicationWords.Of(component.Kind));
        if (component.DependsOn.Count > 0)
        {
            Scalar("dependsOn");
            emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Flow));
            foreach (var name in component.DependsOn)
            {
                Scalar(name);
            }

            emitter.Emit(new SequenceEnd());
        }

        Mapping("metrics", component.Metrics);
        Mapping("logs", component.Logs);
    }

    private void Slo(ServiceLevelObjective slo)
    {
        Text("name", slo.Name);
        Text("kind", ApplicationWords.Of(slo.Kind));
        Text("objective", slo.Objective.ToString("R", CultureInfo.InvariantCulture));
        Text("thresholdSeconds", slo.ThresholdSeconds?.ToString("R", CultureInfo.InvariantCulture));
        Text("windowDays", slo.WindowDays.ToString(CultureInfo.InvariantCulture));
        Text("component", slo.Component);
        Text("good", slo.Good);
        Text("total", slo.Total);
        Text("query", slo.Query);
    }

    private void Mapping(string key, SourceMapping mapping)
    {
        if (mapping.Datasource is not null || mapping.Labels.Count > 0)
        {
            Scalar(key);
            Map(() =>
            {
                Text("datasource", mapping.Datasource);
                Labels(mapping.Labels);
            });
        }
    }

    private void Labels(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count > 0)
        {
            Scalar("labels");
            Map(() =>
            {
                foreach (var (name, value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
                {
                    Text(name, value);
                }
            });
        }
    }

    private void List<T>(string key, IReadOnlyList<T> items, Action<T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        Scalar(key);
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        foreach (var item in items)
        {
            Map(() => write(item));
        }

        emitter.Emit(new SequenceEnd());
    }

    private void Map(Action write)
    {
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        write();
        emitter.Emit(new MappingEnd());
    }

    private void Text(string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Scalar(key);
            Scalar(value);
        }
    }

    /// <summary>Plain only where no reader of YAML could take it for something else; lines as a block only where no space could get lost.</summary>
    private void Scalar(string value)
    {
        var style = Plain().IsMatch(value) && !Reserved.Contains(value, StringComparer.OrdinalIgnoreCase) ? ScalarStyle.Plain : Lines().IsMatch(value) ? ScalarStyle.Literal : ScalarStyle.DoubleQuoted;
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, value, style, isPlainImplicit: true, isQuotedImplicit: true));
    }

    [GeneratedRegex(@"\A([A-Za-z][A-Za-z0-9_]*([ ./-]?[A-Za-z0-9_]+)*|[0-9]{1,9}(\.[0-9]{1,9})?)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A[!-~]([ -~]*[!-~])?(\n+[!-~]([ -~]*[!-~])?)+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Lines();
}
