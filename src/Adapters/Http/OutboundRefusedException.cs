using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Http;

/// <summary>The guard did not let a request out. Its message is for people: it names the rule and the setting, and no address that was resolved.</summary>
internal sealed class OutboundRefusedException(OutboundRefusal refusal)
    : HttpRequestException(HttpRequestError.ConnectionError, refusal.Message)
{
    public OutboundRefusal Refusal => refusal;

    /// <summary>The refusal among an exception's causes; a refusal on connecting comes wrapped.</summary>
    public static OutboundRefusedException? Within(Exception? exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OutboundRefusedException refused)
            {
                return refused;
            }
        }

        return null;
    }
}
