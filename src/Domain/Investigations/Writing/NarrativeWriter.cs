using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Investigations.Reasoning;
using Nightwatch.Domain.Models;

namespace Nightwatch.Domain.Investigations.Writing;

/// <summary>
/// Lets a model, where there is one, put a conclusion in words. What it writes stands only when every number is in the evidence; after one more try the
/// rules speak alone. What it proposes is weighed by the rules and never outranks them.
/// </summary>
public sealed partial class NarrativeWriter(IEnumerable<IChatModel> models, IMasker masker, TimeProvider time, ILogger<NarrativeWriter> logger)
{
    private const int MaxTries = 2;

    /// <summary>A proposal of a model is worth at most this share of the best hypothesis of the rules.</summary>
    private const double ProposalShare = 0.8;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly IChatModel? model = models.FirstOrDefault();

    internal async Task<Conclusion> WriteAsync(
        Investigation investigation, IReadOnlyList<Evidence> evidence, Conclusion drawn, CancellationToken cancellationToken)
    {
        if (model is null || drawn.Hypotheses.Count == 0)
        {
            return drawn;
        }

        var numbers = new GroundedNumbers(investigation, evidence, drawn);
        // What tools answered is masked already; what the alert itself says is not.
        var user = masker.Mask(NarrativePrompt.User(investigation, evidence, drawn));
        string? objection = null;
        for (var i = 0; i < MaxTries; i++)
        {
            if (await AskAsync(
                investigation,
                objection is null ? user : $"{user}\nYour last answer was refused: {objection}. Write it again.",
                cancellationToken).ConfigureAwait(false) is not { } answer)
            {
                return drawn;
            }

            var text = ModelText.Read(answer.Text);
            objection = text is null ? "it is not the JSON object that was asked for" : NarrativeCheck.Objection(text.Narrative, drawn, numbers);
            if (objection is null)
            {
                return drawn with
                {
                    Narrative = text!.Narrative,
                    WrittenBy = answer.Model,
                    Hypotheses = WithProposals(
                    investigation, evidence, drawn, text.Hypotheses, answer.Model, numbers)
                };
            }

            LogRefused(investigation.Id, objection);
        }

        return drawn;
    }

    private async Task<ModelAnswer?> AskAsync(Investigation investigation, string user, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MaxWait, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var request = new ModelRequest { System = NarrativePrompt.System, User = user, JsonSchema = NarrativePrompt.Schema, Model = investigation.Model };
            return await model!.CompleteAsync(request, linked.Token).WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (SourceException exception)
        {
            LogFailed(investigation.Id, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(investigation.Id, "it took too long");
        }

        return null;
    }

    private static IReadOnlyList<Hypothesis> WithProposals(
        Investigation investigation, IReadOnlyList<Evidence> evidence, Conclusion drawn, IReadOnlyList<ModelProposal> proposals, string modelName, GroundedNumbers numbers)
    {
        var board = SignalBoard.Read(investigation.Subject!, evidence);
        var left = Math.Max(0, 1 - drawn.Hypotheses.Sum(h => h.Confidence));
        var most = Math.Min(left, ProposalShare * drawn.Hypotheses[0].Confidence);
        var accepted = proposals
            .Where(p => CauseName().IsMatch(p.Cause) && board.Components.Contains(p.Component) && p.Statement.Length is > 0 and <= 500)
            .Where(p => NarrativeCheck.Objection(p.Statement, drawn with { Hypotheses = [] }, numbers) is null)
            .Where(p => !drawn.Hypotheses.Any(h => h.Component == p.Component && h.Cause == p.Cause))
            .Select(p => Weigh(p, board, most, modelName)).OfType<Hypothesis>();
        return [.. drawn.Hypotheses.Concat(accepted).OrderByDescending(h => h.Confidence)];
    }

    /// <summary>As confident as the strongest unusual signal of that component among the evidence that it names; none, no hypothesis.</summary>
    private static Hypothesis? Weigh(ModelProposal proposal, SignalBoard board, double most, string modelName)
    {
        var points = board.Signals.Where(
            s => s.Strength > 0 && (s.Component == proposal.Component || s.Peer == proposal.Component) && proposal.EvidenceIds.Contains(s.EvidenceId))
            .OrderByDescending(s => s.Strength).DistinctBy(s => s.EvidenceId)
            .Select(s => new EvidencePoint(s.EvidenceId, Words.Of(s), Math.Round(s.Strength, 3))).ToList();
        return points.Count == 0 || most <= 0
            ? null
            : new Hypothesis
            {
                Cause = proposal.Cause,
                Component = proposal.Component,
                Statement = proposal.Statement,
                Confidence = Math.Round(Math.Min(most, points[0].Weight * 0.5), 3),
                For = points,
                Against = [],
                ProposedBy = modelName,
            };
    }

    [GeneratedRegex("^[a-z][a-z_]{2,40}$", RegexOptions.NonBacktracking)]
    private static partial Regex CauseName();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model's report of {Investigation} was refused: {Objection}.")]
    private partial void LogRefused(string investigation, string objection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model wrote no report of {Investigation}: {Reason}.")]
    private partial void LogFailed(string investigation, string reason);
}
