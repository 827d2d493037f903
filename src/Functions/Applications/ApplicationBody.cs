using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Applications;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Applications;

/// <summary>Reads profiles from a request, whichever of the two forms they came in.</summary>
internal static class ApplicationBody
{
    /// <param name="id">Of the one profile that the body must then hold, whether it names it or not.</param>
    public static async Task<(ApplicationDocument? Sent, IResult? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken, string? id = null)
    {
        if (!YamlBody.IsSent(request))
        {
            var (profile, wrong) = await JsonBody.ReadAsync<ApplicationProfile>(request, cancellationToken);
            return profile is null ? (null, wrong) : (new ApplicationDocument([profile], false, [], _ => 0, _ => ""), null);
        }

        var (text, refusal) = await YamlBody.ReadAsync(request, cancellationToken);
        if (text is null)
        {
            return (null, refusal);
        }

        var sent = ApplicationYaml.Read(text, id);
        if (sent.Problems.Count > 0)
        {
            return (null, Problems(StatusCodes.Status400BadRequest, "The body is not acceptable", sent.Problems, sent));
        }

        return id is not null && sent.IsList
            ? (null, Answers.Problem(StatusCodes.Status400BadRequest, "The body is not acceptable", "A list is taken by POST api/applications only.", "applications"))
            : (sent, null);
    }

    public static IResult Problems(int status, string title, IReadOnlyList<ApplicationProblem> problems, ApplicationDocument? sent)
    {
        var shown = problems.Select(p => new FieldProblem(p.Field.Length > 0 ? p.Field : null, p.Line ?? (sent?.LineOf(p.Field) is > 0 and var line ? line : null), p.Message)).ToList();
        var first = shown[0];
        var where = first.Line is { } at ? $"line {at}: " : "";
        var more = shown.Count > 1 ? $" ({shown.Count} problems)" : "";
        return Answers.Problems(status, title, $"{where}{first.Message}{more}", shown);
    }
}
