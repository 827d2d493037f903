using System.Text;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Functions.Masking;

/// <summary>
/// Answers that show what came from outside: alerts, evidence, and what was concluded from them. It is stored as it came, since alerts are matched by their
/// labels; nobody is shown a secret in it.
/// </summary>
public sealed class ShownAnswers(IMasker masker)
{
    public IResult Json<T>(T value) => Results.Bytes(MaskedJson.Serialize(value, masker), "application/json");

    public IResult Markdown(string report) => Results.Text(masker.Mask(report), "text/markdown", Encoding.UTF8);

    /// <summary>The value as one line of JSON.</summary>
    public string Line<T>(T value) => Encoding.UTF8.GetString(MaskedJson.Serialize(value, masker).Span);
}
