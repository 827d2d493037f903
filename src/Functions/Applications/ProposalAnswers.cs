using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Applications.Proposing;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Masking;

namespace Nightwatch.Functions.Applications;

/// <summary>Answers a wish for a proposed profile.</summary>
public sealed class ProposalAnswers(ProposeApplication propose, ShownAnswers answers)
{
    public async Task<IResult> AnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (wish, refusal) = await JsonBody.ReadAsync<ProposalWish>(request, cancellationToken);
        if (wish is null)
        {
            return refusal!;
        }

        var outcome = await propose.ProposeAsync(request.Caller(), wish, cancellationToken);
        return outcome.Verdict switch
        {
            ProposalVerdict.Proposed => answers.Json(outcome.Proposal!),
            ProposalVerdict.BadName => Answers.Problem(StatusCodes.Status400BadRequest, "The name is not acceptable", outcome.Message, "name"),
            ProposalVerdict.NoSource => Answers.Problem(StatusCodes.Status422UnprocessableEntity, "No source to look at", outcome.Message, "datasource"),
            ProposalVerdict.NoMatch => Answers.Problem(StatusCodes.Status404NotFound, "Nothing of that name", outcome.Message, "name"),
            _ => Answers.Problem(StatusCodes.Status502BadGateway, "The source failed", outcome.Message, "datasource"),
        };
    }
}
