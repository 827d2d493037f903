namespace Nightwatch.Domain.Applications;

/// <summary>Something wrong in a profile.</summary>
/// <param name="Field">Path, such as components[2].dependsOn[0]; empty for the whole.</param>
/// <param name="Line">Of the YAML text, from 1; null for JSON or when it concerns the whole text.</param>
public sealed record ApplicationProblem(string Field, string Message, int? Line = null);

/// <summary>Collects problems, up to a bound: a thousandth complaint helps nobody.</summary>
internal sealed class ApplicationProblems
{
    private const int Most = 100;

    private readonly List<ApplicationProblem> found = [];

    public IReadOnlyList<ApplicationProblem> Found => found;

    public void Add(string field, string message)
    {
        if (found.Count < Most)
        {
            found.Add(new ApplicationProblem(field, message));
        }
    }
}
