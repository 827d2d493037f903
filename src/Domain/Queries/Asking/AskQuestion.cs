using System.Globalization;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Queries.Asking.Modelling;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>
/// Answers a question in plain words: translates it by rules, or by a model where one is configured and the rules are unsure, runs the queries as the caller,
/// and tells what they gave.
/// </summary>
public sealed class AskQuestion(
    PrepareQuestion prepare,
    RunQueries run,
    ModelTranslator model,
    IMasker masker,
    IDocuments<StoredUnderstanding> understandings,
    IAuditTrail audit,
    TimeProvider time)
{
    /// <summary>Below it the rules count as unsure.</summary>
    public const double Sure = 0.75;

    /// <exception cref="StoreUnavailableException">The question cannot be put on record, and is not answered.</exception>
    public async Task<AskOutcome> AskAsync(Caller caller, AskedQuestion asked, CancellationToken cancellationToken)
    {
        var (setting, refusal) = await prepare.PrepareAsync(caller, asked, cancellationToken).ConfigureAwait(false);
        if (setting is null)
        {
            return refusal!;
        }

        var (translation, warnings) = await TranslateAsync(setting, asked.Use, cancellationToken).ConfigureAwait(false);
        var madeBy = translation.MadeBy;
        var queries = asked.Run ?? true
            ? await run.RunAsync(caller, translation.Queries, setting.Sources, madeBy, setting.Zone, cancellationToken).ConfigureAwait(false)
            : [.. translation.Queries.Select(q => RunQueries.NotRun(q, madeBy, setting.Sources))];
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        await RecordAsync(setting, asked, id, madeBy, queries, cancellationToken).ConfigureAwait(false);
        await KeepAsync(setting, id, translation.Understanding, cancellationToken).ConfigureAwait(false);
        return new AskOutcome(Answer(setting, id, translation, queries, [.. setting.Warnings.Concat(translation.Queries.Count == 0 ? setting.Gaps : []).Concat(warnings).Select(masker.Mask)]));
    }

    private async Task<(Translation.Translation Translation, IReadOnlyList<string> Warnings)> TranslateAsync(
        QuestionSetting setting, TranslationMaker? use, CancellationToken cancellationToken)
    {
        var rules = QueryTranslator.Translate(setting.Question, setting.Context);
        if (use == TranslationMaker.Rules || (use is null && (!model.IsConfigured || IsSure(rules))))
        {
            return (rules, []);
        }

        var outcome = await model.TranslateAsync(setting, rules.Understanding, cancellationToken).ConfigureAwait(false);
        return outcome.Translation is { } made
            ? (made, outcome.Notes)
            : (rules, [$"the rules answered, since {outcome.Failure}"]);
    }

    /// <summary>Small talk needs no model either.</summary>
    private static bool IsSure(Translation.Translation rules) =>
        rules.Understanding.Intent == QuestionIntent.SmallTalk || (rules.Choices.Count == 0 && rules.Queries is [{ Confidence: >= Sure }, ..]);

    private QuestionAnswer Answer(QuestionSetting setting, string id, Translation.Translation translation, IReadOnlyList<AnsweredQuery> queries, IReadOnlyList<string> warnings)
    {
        // Names may come from sources.
        var choices = translation.Choices.Select(c => new Choice(masker.Mask(c.Label), masker.Mask(c.Question))).ToList();
        var shown = queries.Select(q => q with { Query = masker.Mask(q.Query), Purpose = masker.Mask(q.Purpose), Why = masker.Mask(q.Why) }).ToList();
        var remark = translation.Remark is { } said ? masker.Mask(said) : null;
        return new QuestionAnswer
        {
            Id = id,
            Understanding = Understood(setting, translation),
            Queries = shown,
            Choices = choices,
            Remark = remark,
            Warnings = warnings,
            Answer = AnswerText.Of(shown, choices, remark, warnings, setting.Zone),
        };
    }

    private UnderstoodQuestion Understood(QuestionSetting setting, Translation.Translation translation)
    {
        var (understanding, main) = (translation.Understanding, translation.Queries.Count > 0 ? translation.Queries[0] : null);
        var entities = understanding.Entities.Select(e => new UnderstoodName(e.Kind, masker.Mask(e.Value), e.Known)).ToList();
        var words = understanding.Time?.Text ?? "";
        var window = understanding.Time?.Window ?? main?.Window;
        return new UnderstoodQuestion
        {
            Intent = understanding.Intent,
            Entities = entities,
            Time = window is null ? null : new UnderstoodTime(window.Start, window.End, words),
            Baseline = understanding.Baseline is { } baseline ? new UnderstoodTime(baseline.Window.Start, baseline.Window.End, baseline.Text) : null,
            TimeZone = setting.Zone.Id,
            Text = string.Join("; ", TextOf(understanding, entities, window, setting.Zone)),
        };
    }

    private static IEnumerable<string> TextOf(Understanding understanding, IReadOnlyList<UnderstoodName> entities, Datasources.TimeWindow? window, TimeZoneInfo zone)
    {
        yield return understanding.Intent switch
        {
            QuestionIntent.ServiceLevel => "service level",
            QuestionIntent.HowTo => "how something is done",
            QuestionIntent.SmallTalk => "small talk",
            QuestionIntent.OutOfScope => "out of scope",
            var intent => intent.ToString().ToLowerInvariant(),
        };
        if (understanding.Measures.Count > 0)
        {
            yield return string.Join(", ", understanding.Measures.Select(m => m.Replace('_', ' ')));
        }

        foreach (var entity in entities)
        {
            yield return $"{(entity.Kind == "name" ? "" : $"{entity.Kind} ")}{entity.Value}{(entity.Known ? "" : " (not known to any source)")}";
        }

        if (window is not null)
        {
            var (start, end) = (ResultSummary.Time(window.Start, zone), ResultSummary.Time(window.End, zone));
            yield return start == end ? $"at {end} ({zone.Id})" : $"{start} to {end} ({zone.Id})";
        }
    }

    private Task RecordAsync(QuestionSetting setting, AskedQuestion asked, string id, string madeBy, IReadOnlyList<AnsweredQuery> queries, CancellationToken cancellationToken)
    {
        var details = new Dictionary<string, string>
        {
            ["question"] = setting.Question,
            ["made_by"] = madeBy,
            ["queries"] = queries.Count.ToString(CultureInfo.InvariantCulture),
            ["failed"] = queries.Count(q => q.Status == AnsweredStatus.Error).ToString(CultureInfo.InvariantCulture),
        };
        if (asked.Follows is { } follows)
        {
            details["follows"] = follows;
        }

        return audit.RecordAsync(setting.Caller.Did(AuditActions.QuestionAsked, $"question/{id}") with { Details = details }, cancellationToken);
    }

    private async Task KeepAsync(QuestionSetting setting, string id, Understanding understanding, CancellationToken cancellationToken)
    {
        var stored = new StoredUnderstanding
        {
            Id = id,
            Owner = setting.Caller.Subject,
            Understanding = Masked(understanding),
            TimeZone = setting.Zone.Id,
            Datasource = setting.Metrics?.Name,
            Logs = setting.Logs?.Name,
            Incident = setting.Incident,
            ExpiresAt = time.GetUtcNow() + StoredUnderstanding.TimeToLive,
        };
        await understandings.WriteAsync(setting.Caller.Tenant, DocumentWrite<StoredUnderstanding>.Upsert(id, stored), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is stored holds no secret that somebody typed into a question; a follow-up then does not know it either.</summary>
    private Understanding Masked(Understanding understanding) => understanding with
    {
        Question = masker.Mask(understanding.Question),
        Texts = [.. understanding.Texts.Select(masker.Mask)],
        Identifiers = [.. understanding.Identifiers.Select(masker.Mask)],
        Words = [.. understanding.Words.Select(masker.Mask)],
    };
}
