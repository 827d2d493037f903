using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Templates;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>A template with the metrics and labels of this source in its places: ready to be written for any window.</summary>
internal sealed record BoundMeasure(MeasureTemplate Template, TemplateFill Fill, MetricEntry Primary, double Score, string Why)
{
    public string Unit => Template.Unit == "seconds" && Fill.Names.Values.Any(n => n.Contains("milliseconds", StringComparison.Ordinal)) ? "milliseconds" : Template.Unit;

    public string Now(TimeSpan window) => PromQlWriter.Fill(Template.Text, Fill with { Window = window });

    /// <summary>The average over the window: rates over all of it, gauges averaged.</summary>
    public string Average(TimeSpan window) => PromQlWriter.Fill(Template.Text, Fill with { Window = window, OverTime = "avg_over_time" });

    /// <summary>How much or how often within the window; null where that has no meaning.</summary>
    public string? Count(TimeSpan window) => Template.Count is { } count ? PromQlWriter.Fill(count, Fill with { Window = window }) : null;

    /// <summary>One value for a window by a function such as max_over_time.</summary>
    public string OverTime(string function, TimeSpan window, TimeSpan rateWindow, double? quantile)
    {
        if (Template.Text.IsBareGauge)
        {
            return PromQlWriter.Fill(Template.Text, Fill with { Window = window, OverTime = function, Quantile = quantile ?? 0.95 });
        }

        return PromQlWriter.OverTime(function, Now(rateWindow), window, Steps.OfSubquery(window), function == "quantile_over_time" ? quantile ?? 0.95 : null);
    }

    /// <summary>Binds a template to the catalogue; null when a metric is missing or has no series of what is asked about.</summary>
    public static BoundMeasure? Bind(MeasureTemplate template, Understanding understanding, TranslationContext context, double score, string why)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var matchers = new Dictionary<string, IReadOnlyList<MatcherSyntax>>(StringComparer.Ordinal);
        var errors = new Dictionary<string, MatcherSyntax>(StringComparer.Ordinal);
        MetricEntry? primary = null;
        foreach (var metric in template.Text.Metrics.Concat(template.Count?.Metrics ?? []).Distinct())
        {
            var needsCode = template.Text.Parts.Any(p => p.Kind == PartKind.Errors) && metric[0] == '$';
            if (Pick(metric, needsCode, understanding, context) is not { } picked)
            {
                return null;
            }

            var shared = template.IsShare ? ValueFilters.Of(picked.Entry, understanding, []).FirstOrDefault() : null;
            (names[metric], matchers[metric]) = (picked.Name, shared is null ? picked.Matchers : [.. picked.Matchers.Where(m => m != shared)]);
            if (shared is not null)
            {
                errors[metric] = shared;
            }

            primary ??= picked.Entry;
            if (needsCode && MetricSlots.Errors(picked.Entry, picked.Name) is { } failed)
            {
                var code = failed.Label.Contains("grpc", StringComparison.Ordinal) ? null : understanding.StatusCode;
                errors[metric] = code is not null ? new MatcherSyntax(failed.Label, MatchOperator.Equal, code) : new MatcherSyntax(failed.Label, failed.Operator == "=~" ? MatchOperator.RegexMatch : MatchOperator.RegexNoMatch, failed.Pattern);
                errors[metric + "4"] = code is not null ? errors[metric] : new MatcherSyntax(failed.Label, MatchOperator.RegexMatch, "4..");
            }
        }

        if (primary is null)
        {
            return null;
        }

        var by = Groups.Of(primary, template, understanding, context);
        var self = template.Text.Parts.Any(p => p.Kind == PartKind.By && p.Text == "self");
        template = by.Count == 0 && template.Whole is { } whole ? template with { Text = whole.Text, Count = whole.Count ?? template.Count } : template;
        var bound = self ? Selfless(template, by.Count > 0 ? by : [Groups.Self(primary, understanding, context)], out by) : template;
        var fill = new TemplateFill { Names = names, Matchers = matchers, Errors = errors, By = by, Window = context.RateWindow, Quantile = understanding.Quantile ?? 0.95, Horizon = understanding.Horizon ?? TimeSpan.FromDays(1) };
        return new BoundMeasure(bound, fill, primary, score, why);
    }

    private static MeasureTemplate Selfless(MeasureTemplate template, IReadOnlyList<string> labels, out IReadOnlyList<string> by)
    {
        by = labels;
        return template with { Text = Clear(template.Text), Count = template.Count is { } count ? Clear(count) : null };
    }

    private static TemplateText Clear(TemplateText text) => new([.. text.Parts.Select(p => p is { Kind: PartKind.By, Text: "self" } ? p with { Text = "" } : p)]);

    private static (string Name, MetricEntry Entry, IReadOnlyList<MatcherSyntax> Matchers)? Pick(string metric, bool needsCode, Understanding understanding, TranslationContext context)
    {
        foreach (var name in MetricSlots.Candidates(metric))
        {
            if (context.Metrics.Find(name) is not { } entry || (name.EndsWith("_bucket", StringComparison.Ordinal) && entry.Kind != MetricKind.Histogram))
            {
                continue;
            }

            if (Scope.Of(entry, understanding, context) is { } matchers && (!needsCode || MetricSlots.Errors(entry, name) is not null))
            {
                return (name, entry, [.. matchers, .. ValueFilters.Of(entry, understanding, matchers)]);
            }
        }

        return null;
    }
}
