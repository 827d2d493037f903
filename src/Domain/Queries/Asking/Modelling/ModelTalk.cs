using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Models;
using Nightwatch.Domain.Queries.Translation;

namespace Nightwatch.Domain.Queries.Asking.Modelling;

/// <summary>One conversation with a model about one question: the prompt, its lookups, its answer, and one more try with what is wrong.</summary>
internal sealed class ModelTalk(IChatModel model, IMasker masker, QuestionSetting setting, ProposalCheck check)
{
    /// <summary>Replies with lookups; after them the model has to answer.</summary>
    public const int MostRounds = 4;

    private const int CallsOfOneRound = 6;

    /// <summary>Characters of all lookups together.</summary>
    private const int MostLookedUp = 40_000;

    private readonly Pseudonyms pseudonyms = new();
    private readonly ModelLookups lookups = new(setting.Context);
    private readonly List<ModelMessage> messages = [];
    private int lookedUp;
    private int rounds;

    /// <summary>What can be used, or why there is nothing.</summary>
    /// <exception cref="SourceException">The model is down, slow or refuses.</exception>
    public async Task<(ModelMade? Made, string? Failure)> RunAsync(Understanding rules, CancellationToken cancellationToken)
    {
        messages.Add(new ModelMessage(ModelRole.User, Masked(ModelPrompt.User(setting, rules, lookups))));
        var (reply, proposals, findings) = await AnswerAsync(cancellationToken).ConfigureAwait(false);
        if (findings.Count > 0)
        {
            // What it wrote last may be what could not be read: then there is nothing to show it.
            messages.AddRange(reply is null ? [] : [new ModelMessage(ModelRole.Assistant, reply.Text)]);
            messages.Add(new ModelMessage(ModelRole.User, Masked(ModelPrompt.Repair(findings))));
            (var second, var again, findings) = await AnswerAsync(cancellationToken).ConfigureAwait(false);
            // A first answer with some good queries is better than a second with fewer, or one that cannot be read.
            (reply, proposals) = again is null || Good(again) < Good(proposals) ? (reply, proposals) : (second, again);
        }

        if (reply is null || proposals is null)
        {
            return (null, findings.Count > 0 ? $"the model's answer cannot be used ({findings[0]})" : "the model gave no answer");
        }

        var results = proposals.Queries.Select(q => (Proposal: q, Result: check.Check(q))).ToList();
        var dropped = results.Where(r => r.Result.Query is null).SelectMany(r => r.Result.Errors).ToList();
        return (new ModelMade(reply.Model, proposals with { Queries = [.. results.Where(r => r.Result.Query is not null).Select(r => r.Proposal)] }, dropped), null);
    }

    /// <summary>Goes through the lookups to the answer. Without a reply the answer could not be read.</summary>
    private async Task<(ModelReply? Reply, ModelProposals? Proposals, IReadOnlyList<string> Findings)> AnswerAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var mayLookUp = rounds < MostRounds && lookedUp < MostLookedUp;
            ModelReply reply;
            try
            {
                reply = await model.ContinueAsync(
                    new ModelConversation
                    {
                        System = ModelPrompt.System,
                        Messages = [.. messages],
                        Tools = ModelLookups.Tools,
                        MayCallTools = mayLookUp,
                        MaxOutputTokens = 2_000,
                        JsonSchema = ModelPrompt.Schema,
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (SourceException exception) when (exception.Failure == SourceFailure.BadAnswer)
            {
                return (null, null, [exception.Message]);
            }

            if (reply.Calls.Count == 0)
            {
                return ModelProposals.Read(reply.Text) is { } read && Restored(read) is var proposals
                    ? (reply, proposals, Findings(proposals))
                    : (reply, null, ["the answer is not the JSON object that was asked for"]);
            }

            if (!mayLookUp)
            {
                return (null, null, ["it kept looking things up and gave no answer"]);
            }

            rounds++;
            LookUp(reply);
        }
    }

    private void LookUp(ModelReply reply)
    {
        var calls = reply.Calls.Take(CallsOfOneRound).ToList();
        messages.Add(new ModelMessage(ModelRole.Assistant, reply.Text) { Calls = calls });
        foreach (var call in calls)
        {
            var found = lookedUp < MostLookedUp ? Masked(lookups.Answer(call)) : "No more can be looked up; answer with what is known.";
            lookedUp += found.Length;
            messages.Add(new ModelMessage(ModelRole.ToolResult, found) { CallId = call.Id });
        }
    }

    private List<string> Findings(ModelProposals proposals) =>
    [
        .. proposals.Queries.Take(ModelPrompt.MostQueries).Select(check.Check).SelectMany(r => r.Errors.Concat(r.Doubts)),
        .. proposals is { Queries.Count: 0, AskBack.Count: 0, Remark: null } ? ["there is neither a query, nor a question back, nor a remark"] : Array.Empty<string>(),
    ];

    private int Good(ModelProposals? proposals) => proposals?.Queries.Count(q => check.Check(q).Query is not null) ?? 0;

    /// <summary>With the asker's own values again where the model was shown names for them.</summary>
    private ModelProposals Restored(ModelProposals proposals) =>
        proposals with { Queries = [.. proposals.Queries.Select(q => q with { Query = pseudonyms.Restore(q.Query, SensitiveData.Personal) })] };

    private string Masked(string text) => masker.Mask(text, pseudonyms);
}
