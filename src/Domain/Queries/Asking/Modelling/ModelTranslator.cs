using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Models;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.Asking.Modelling;

/// <summary>What a model made of a question; or why it made nothing of use.</summary>
/// <param name="Failure">In the middle of a sentence: "the model did not answer within 20 s".</param>
/// <param name="Notes">What of its proposals was dropped, and why.</param>
internal sealed record ModelOutcome(Translation.Translation? Translation, string? Failure, IReadOnlyList<string> Notes);

/// <summary>
/// Has a model translate a question. Whatever it answers is text until it is checked: each query is read, guarded and held against the catalogue; it gets one more
/// try with the findings; what still fails is dropped. It can look things up in what is known of the caller's own sources, a bounded number of times, and nothing else.
/// </summary>
public sealed partial class ModelTranslator(
    IEnumerable<IChatModel> models, IMasker masker, IQueryGuard guard, QueryLimits limits, AskOptions options, TimeProvider time, ILogger<ModelTranslator> logger)
{
    private readonly IChatModel? model = models.FirstOrDefault();
    private readonly TranslationCache cache = new(time);

    /// <summary>Whether there is a model at all.</summary>
    public bool IsConfigured => model is not null;

    /// <param name="rules">What the rules understood, for the choice of what the model is shown.</param>
    internal async Task<ModelOutcome> TranslateAsync(QuestionSetting setting, Understanding rules, CancellationToken cancellationToken)
    {
        if (model is null)
        {
            return Failed("no model is configured");
        }

        if (setting.Context.Metrics.Count == 0 && !setting.Context.Logs.Labels.Any())
        {
            return Failed("nothing is known of any source");
        }

        var key = KeyOf(setting);
        var check = new ProposalCheck(setting, guard, limits);
        if (cache.Find(key) is { } kept)
        {
            return Outcome(setting, rules, kept, check, cached: true);
        }

        using var limit = new CancellationTokenSource(options.ModelTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var (made, failure) = await new ModelTalk(model, masker, setting, check).RunAsync(rules, linked.Token).WaitAsync(linked.Token).ConfigureAwait(false);
            if (made is null)
            {
                LogUnusable(failure!);
                return Failed(failure!);
            }

            if (made.Dropped.Count == 0 && made.Proposals.Queries.All(q => q.Range.StaysRight(setting.Context.Now)))
            {
                cache.Keep(key, made);
            }

            return Outcome(setting, rules, made, check, cached: false);
        }
        catch (SourceException exception)
        {
            LogFailed(exception.Message);
            return Failed($"the model failed ({exception.Message})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnusable("too slow");
            return Failed(string.Create(CultureInfo.InvariantCulture, $"the model did not answer within {options.ModelTimeout.TotalSeconds:0} s"));
        }
    }

    private static ModelOutcome Outcome(QuestionSetting setting, Understanding rules, ModelMade made, ProposalCheck check, bool cached)
    {
        // Checked again: what was right when it was kept may not be right for this caller now.
        var results = made.Proposals.Queries.Take(ModelPrompt.MostQueries).Select(check.Check).ToList();
        var queries = results.Select(r => r.Query).OfType<ProposedQuery>().DistinctBy(q => (q.Text, q.Window, q.Step)).ToList();
        var choices = made.Proposals.AskBack.Select(a => ModelWords.Line(a, 200)).OfType<string>().Distinct(StringComparer.Ordinal).Take(5).Select(a => new Choice(a, a)).ToList();
        var known = $"{setting.Question} {string.Join(' ', queries.Select(q => q.Text))}";
        var remark = ModelWords.Checked(made.Proposals.Remark, 400, known);
        var dropped = made.Dropped.Concat(results.Where(r => r.Query is null).SelectMany(r => r.Errors)).Distinct(StringComparer.Ordinal).Take(6).Select(d => $"a query of the model was dropped: {d}").ToList();
        return queries.Count == 0 && choices.Count == 0 && remark is null
            ? new ModelOutcome(null, dropped.Count > 0 ? $"nothing that the model proposed can be used ({dropped[0]})" : "the model proposed nothing", [])
            : new ModelOutcome(
                new Translation.Translation
                {
                    Understanding = rules,
                    Queries = queries,
                    Choices = choices,
                    Remark = queries.Count > 0 || remark is null ? null : $"The model says: {remark}",
                    MadeBy = QuestionMaker.Model(made.Model) + (cached ? " (cached)" : ""),
                },
                null,
                dropped);
    }

    private static ModelOutcome Failed(string why) => new(null, why, []);

    /// <summary>Everything that the translation depends on but the moment: relative times stay right, and the day stands in it for "yesterday".</summary>
    private static string KeyOf(QuestionSetting setting)
    {
        var (context, now) = (setting.Context, setting.Context.Now);
        var question = string.Join(' ', setting.Question.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('?', '!', '.', ' ');
        var incident = context.Incident is not { } window ? "" : $"{ToolLimits.Iso(window.Start)} {(window.End >= now ? "open" : ToolLimits.Iso(window.End))}";
        return TextHash.Of(string.Join(
            '\n',
            setting.Caller.Tenant,
            setting.Metrics?.Name,
            setting.Logs?.Name,
            setting.Version,
            setting.Zone.Id,
            TimeZoneInfo.ConvertTime(now, setting.Zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            incident,
            context.Previous is null ? "" : JsonSerializer.Serialize(context.Previous, NightwatchJson.Options),
            question));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A model could not translate a question: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "A model's translation was of no use: {Reason}")]
    private partial void LogUnusable(string reason);
}
