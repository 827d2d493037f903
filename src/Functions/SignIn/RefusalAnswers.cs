using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.SignIn;

/// <summary>Refusals as HTTP answers.</summary>
public static class RefusalAnswers
{
    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Forgery => StatusCodes.Status403Forbidden,
        RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status401Unauthorized,
    };

    public static string TitleOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Forgery => "Not from our own page",
        RefusalKind.Unavailable => "The identity provider is not available",
        _ => "Not signed in",
    };

    public static IResult Of(Refusal refusal) => Answers.Problem(
        StatusOf(refusal.Kind),
        TitleOf(refusal.Kind),
        refusal.Told);
}
