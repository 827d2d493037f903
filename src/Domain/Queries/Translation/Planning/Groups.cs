using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Templates;
using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Words for a breakdown as labels of one metric.</summary>
internal static class Groups
{
    private static readonly string[] Routes = ["route", "http_route", "handler", "path", "uri", "endpoint", "url", "resource", "ingress"];
    private static readonly string[] Workloads = ["service", "service_name", "app", "application", "job", "instance"];
    private static readonly string[] Ranked = ["pod", "container", "service", "service_name", "app", "application", "mountpoint", "queue", "consumergroup", "topic", "datname", "job", "instance"];

    public static IReadOnlyList<string> Of(MetricEntry entry, MeasureTemplate template, Understanding understanding, TranslationContext context)
    {
        var labels = understanding.GroupBy.Select(word => Label(entry, word)).OfType<string>().ToList();
        foreach (var same in understanding.Entities.GroupBy(e => e.Kind).Where(g => g.Count() > 1))
        {
            if (Scope.LabelOf(entry, same.First(), context) is { } label)
            {
                labels.Add(label);
            }
        }

        if (labels.Count == 0 && ValueFilters.Several(entry, understanding) is { } several)
        {
            labels.Add(several);
        }

        if (labels.Count == 0 && understanding.Top is not null)
        {
            labels.AddRange(Workload(entry, understanding) is { } ranked ? [ranked] : []);
        }

        if (labels.Count == 0 && template.Subject == "container" && understanding.Subjects.Contains("pod") && understanding.Statistic != Statistic.Sum)
        {
            labels.Add("pod");
        }

        if (labels.Count == 0 && understanding.GroupBy.Count == 0)
        {
            labels.AddRange(template.By.Where(l => !entry.HasLabels || entry.Labels.Contains(l)));
        }

        return [.. labels.Where(PromQlWriter.IsLabel).Distinct()];
    }

    /// <summary>How badly a metric fits the breakdown that is asked for: 0 when it has the usual labels for it, more when it has others, most when it has none.</summary>
    public static double Misfit(MetricEntry entry, Understanding understanding) => !entry.HasLabels ? 0 : understanding.GroupBy.Sum(word =>
    {
        var label = Label(entry, word);
        var usual = label is null || EntityKinds.OfWord(new QuestionToken(word.Split(' ')[0], TokenKind.Word, 0)) is not { } kind ? -1 : EntityKinds.LabelsOf(kind).ToList().IndexOf(label);
        return label is null ? 1.5 : Math.Min(1, 0.15 * Math.Max(0, usual));
    });

    /// <summary>The label that tells one service from another: what a process is grouped by when nobody says.</summary>
    public static string Self(MetricEntry entry, Understanding understanding, TranslationContext context)
    {
        var named = understanding.Entities.Select(e => Scope.LabelOf(entry, e, context)).OfType<string>().FirstOrDefault(l => l != "namespace");
        return named ?? (entry.HasLabels ? Array.Find(Workloads, l => entry.Values(l).Count > 0) : null) ?? "job";
    }

    private static string? Workload(MetricEntry entry, Understanding understanding)
    {
        var asked = understanding.Subjects.Select(s => s is "pod" or "container" or "namespace" ? s : null).FirstOrDefault(s => s is not null);
        return asked is not null && (!entry.HasLabels || entry.Values(asked).Count > 0) ? asked : entry.HasLabels ? Array.Find(Ranked, l => entry.Values(l).Count > 0) : "instance";
    }

    private static string? Label(MetricEntry entry, string word)
    {
        var stem = WordStem.Of(word.Split(' ')[0]);
        IEnumerable<string> candidates = word switch
        {
            _ when word.Contains("code", StringComparison.Ordinal) || stem is "statu" or "status" => MetricSlots.Codes,
            _ when stem is "rout" or "api" or "endpoint" or "path" or "handler" or "url" or "uri" or "page" => Routes,
            _ when stem is "method" or "verb" => ["method", "http_method", "http_request_method", "grpc_method", "rpc_method", "verb"],
            _ when stem is "dependency" or "peer" or "downstream" or "upstream" => ["peer_service", "destination_service_name", "upstream", "server_address"],
            _ when stem is "core" or "cpu" => ["cpu"],
            _ => EntityKinds.OfWord(new QuestionToken(word.Split(' ')[0], TokenKind.Word, 0)) is { } kind ? EntityKinds.LabelsOf(kind) : [],
        };
        if (!entry.HasLabels)
        {
            return candidates.FirstOrDefault() ?? (PromQlWriter.IsLabel(word) ? word : null);
        }

        var all = candidates.Append(word).Concat(entry.Labels.Where(l => WordStem.Of(l) == stem || LabelNames.KeyOf(l) == LabelNames.KeyOf(word)));
        return all.FirstOrDefault(l => entry.Values(l).Count > 0);
    }
}
