using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using Nightwatch.Domain.Queries.History;

namespace Nightwatch.Domain.Tools.Applications;

/// <summary>What every question about an application takes.</summary>
public abstract record ApplicationArguments
{
    [Description("Id of the application's profile.")]
    [Length(1, 63)]
    public required string Application { get; init; }

    [Description("Name of one of the application's environments; all of them when left out.")]
    [Length(1, 120)]
    public string? Environment { get; init; }

    [Description("Name of one of the application's components; all of them when left out.")]
    [Length(1, 120)]
    public string? Component { get; init; }

    [Description("RFC 3339.")]
    public DateTimeOffset? Start { get; init; }

    [Description("RFC 3339; now when left out.")]
    public DateTimeOffset? End { get; init; }

    [Description("Name of a source; that of the profile, and then the default one, when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }

    internal ApplicationQuestion Question() => new() { Application = Application, Environment = Environment, Component = Component, Source = Source };

    /// <summary>The call in one line, for those who read the record of it.</summary>
    internal string Invocation(string tool, params ReadOnlySpan<(string Name, string? Value)> further)
    {
        var text = new StringBuilder(tool).Append(" application=").Append(Application);
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [("environment", Environment), ("component", Component), ("start", Start is { } s ? ToolLimits.Iso(s) : null), ("end", End is { } e ? ToolLimits.Iso(e) : null), .. further])
        {
            if (value is not null)
            {
                text.Append(' ').Append(name).Append('=').Append(value);
            }
        }

        return text.ToString();
    }
}
