using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Nightwatch.Support;

namespace Nightwatch.Architecture.Tests;

/// <summary>References are the walls: Functions -> Bot, Adapters, Domain; Bot -> Domain; Adapters -> Domain; Domain and LocalRuntime -> nothing of ours.</summary>
public sealed partial class WallsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Domain"] = [],
        ["LocalRuntime"] = [],
        ["Bot"] = ["Domain"],
        ["Adapters"] = ["Domain"],
        ["Functions"] = ["Adapters", "Bot", "Domain", "LocalRuntime"],
        ["StoreDoctor"] = ["LocalRuntime"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectFile_References_OnlyWhatItsWallAllows(string project)
    {
        var file = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
        var references = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

        Assert.Subset(Allowed[project].ToHashSet(), references.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_References_OnlyWhatItsWallAllows(string project)
    {
        var references = Assembly.Load("Nightwatch." + project).GetReferencedAssemblies()
            .Select(a => a.Name!).Where(name => name.StartsWith("Nightwatch.", StringComparison.Ordinal)).Select(name => name["Nightwatch.".Length..]);

        Assert.Subset(Allowed[project].ToHashSet(), references.ToHashSet());
    }

    [Fact]
    public void EverySourceProject_HasAWall() =>
        Assert.Equal(Allowed.Keys.Order(), Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f)).Order());

    [Fact]
    public void Domain_DoesNoInputOrOutput()
    {
        var forbidden = new[] { "System.Net.Http", "System.Net.Sockets", "System.IO.FileSystem", "System.Diagnostics.Process", "Microsoft.Data.Sqlite", "Microsoft.AspNetCore", "System.Data.Common" };
        var references = Assembly.Load("Nightwatch.Domain").GetReferencedAssemblies().Select(a => a.Name!);

        Assert.DoesNotContain(references, name => forbidden.Any(f => name.StartsWith(f, StringComparison.Ordinal)));
        Assert.DoesNotContain(Sources("Domain"), source => FileAccess().IsMatch(File.ReadAllText(source)));
    }

    [Theory]
    [InlineData("Functions")]
    [InlineData("Bot")]
    public void CodeOfBothRuntimes_KnowsNothingOfEither(string project)
    {
        foreach (var source in Sources(project))
        {
            var text = File.ReadAllText(source);
            Assert.False(Conditional().IsMatch(text), $"{source} holds an #if.");
            Assert.False(text.Contains("Nightwatch.LocalRuntime", StringComparison.Ordinal), $"{source} names a type of LocalRuntime's own.");
            Assert.False(text.Contains("BackgroundService", StringComparison.Ordinal) || text.Contains("IHostedService", StringComparison.Ordinal), $"{source} runs something that scales to more than one.");
        }
    }

    [Fact]
    public void Folders_AreNamedForFeatures()
    {
        var generic = new[] { "Models", "Interfaces", "Helpers", "Services", "Utils", "Common" };
        // The language models are a feature of their own name in the design.
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Where(folder => !folder.EndsWith(Path.Combine("Domain", "Models"), StringComparison.Ordinal));

        Assert.DoesNotContain(folders, folder => generic.Contains(Path.GetFileName(folder)));
    }

    private static IEnumerable<string> Sources(string project) =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories);

    [GeneratedRegex(@"^\s*#\s*if\b", RegexOptions.Multiline)]
    private static partial Regex Conditional();

    [GeneratedRegex(@"\b(File|Directory|FileInfo|FileStream|HttpClient|Socket|Process)\s*[.(]\s*(Read|Write|Open|Create|Delete|Exists|Get|Send|Start)")]
    private static partial Regex FileAccess();
}
