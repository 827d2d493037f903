using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Functions.SignIn;

/// <summary>
/// The two cookies of sign-in. Over https they carry the prefix __Host-, so that no neighbouring host can plant one; scripts see neither; SameSite=Lax lets
/// them come along when a provider sends the browser back, and with no other request that another site makes.
/// </summary>
public sealed class SignInCookies(IOptions<SignInOptions> options)
{
    private string SessionName => options.Value.Secure ? "__Host-nightwatch" : "nightwatch";

    private string AttemptName => SessionName + "-sign-in";

    public string? SessionOf(HttpRequest request) => request.Cookies[SessionName];

    public string? AttemptOf(HttpRequest request) => request.Cookies[AttemptName];

    public void SetSession(HttpResponse response, string secret) => response.Cookies.Append(SessionName, secret, For(Session.AbsoluteLimit));

    public void SetAttempt(HttpResponse response, string secret) => response.Cookies.Append(AttemptName, secret, For(SignInAttempt.Limit));

    public void RemoveSession(HttpResponse response) => response.Cookies.Delete(SessionName, For(null));

    public void RemoveAttempt(HttpResponse response) => response.Cookies.Delete(AttemptName, For(null));

    private CookieOptions For(TimeSpan? age) => new()
    {
        HttpOnly = true,
        Secure = options.Value.Secure,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };
}
