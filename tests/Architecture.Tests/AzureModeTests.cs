using System.Diagnostics;
using System.Text.Json;
using Nightwatch.Support;

namespace Nightwatch.Architecture.Tests;

/// <summary>What a publish for Azure would reference, asked of MSBuild itself: the packages cannot be restored everywhere, the evaluation can.</summary>
public sealed class AzureModeTests
{
    [Fact]
    public async Task Publish_ReferencesTheOfficialPackagesAndNoLocalRuntime()
    {
        var items = await EvaluateAsync("src/Functions/Functions.csproj", "-p:_IsPublishing=true");

        var packages = Identities(items, "PackageReference");
        Assert.Contains("Microsoft.Azure.Functions.Worker", packages);
        Assert.Contains("Microsoft.Azure.Functions.Worker.Sdk", packages);
        Assert.Contains("Microsoft.Azure.Functions.Worker.Extensions.DurableTask", packages);
        Assert.Contains("Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore", packages);
        Assert.Contains("Microsoft.Azure.Functions.Worker.Extensions.ServiceBus", packages);
        Assert.Contains("Microsoft.Azure.Functions.Worker.Extensions.Timer", packages);
        Assert.DoesNotContain(Identities(items, "ProjectReference"), reference => reference.Contains("LocalRuntime", StringComparison.Ordinal));
        AssertHostJsonIsLinked(items);
    }

    [Fact]
    public async Task Build_ByDefault_ReferencesLocalRuntimeAndNoOfficialPackage()
    {
        var items = await EvaluateAsync("src/Functions/Functions.csproj");

        Assert.DoesNotContain(Identities(items, "PackageReference"), package => package.StartsWith("Microsoft.Azure.Functions", StringComparison.Ordinal));
        Assert.Contains(Identities(items, "ProjectReference"), reference => reference.Contains("LocalRuntime", StringComparison.Ordinal));
        AssertHostJsonIsLinked(items);
    }

    [Fact]
    public async Task Runtime_NamedExplicitly_WinsOverThePublish()
    {
        var items = await EvaluateAsync("src/Functions/Functions.csproj", "-p:_IsPublishing=true", "-p:FunctionsRuntime=Local");

        Assert.Contains(Identities(items, "ProjectReference"), reference => reference.Contains("LocalRuntime", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("src/Functions/Functions.csproj")]
    [InlineData("src/Bot/Bot.csproj")]
    public async Task Outputs_OfTheTwoRuntimes_NeverMix(string project)
    {
        var local = await PropertyAsync(project, "ArtifactsPath");
        var azure = await PropertyAsync(project, "ArtifactsPath", "-p:_IsPublishing=true");

        Assert.EndsWith(Path.Combine("artifacts", "Local"), local, StringComparison.Ordinal);
        Assert.EndsWith(Path.Combine("artifacts", "Azure"), azure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_InEachRuntime_HoldsThatRuntimesPlatformAlone()
    {
        var local = Identities(await EvaluateAsync("src/Functions/Functions.csproj"), "Compile");
        var azure = Identities(await EvaluateAsync("src/Functions/Functions.csproj", "-p:_IsPublishing=true"), "Compile");

        Assert.Contains("Local/Platform.cs", local.Select(Slashes));
        Assert.DoesNotContain(local.Select(Slashes), file => file.StartsWith("Azure/", StringComparison.Ordinal));
        Assert.Contains("Azure/Platform.cs", azure.Select(Slashes));
        Assert.DoesNotContain(azure.Select(Slashes), file => file.StartsWith("Local/", StringComparison.Ordinal));
    }

    [Fact]
    public void Azd_FindsExactlyOneProjectToPublish()
    {
        var yaml = File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml"));

        Assert.Contains("project: src/Functions", yaml, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.Combine(Repository.Root, "src", "Functions"), "*.csproj"));
    }

    private static void AssertHostJsonIsLinked(JsonElement items)
    {
        var host = Assert.Single(items.GetProperty("None").EnumerateArray(), item => item.GetProperty("Identity").GetString()!.EndsWith("host.json", StringComparison.Ordinal));
        Assert.Equal("host.json", host.GetProperty("Link").GetString());
        Assert.Equal("PreserveNewest", host.GetProperty("CopyToOutputDirectory").GetString());
        Assert.Equal("PreserveNewest", host.GetProperty("CopyToPublishDirectory").GetString());
    }

    private static string Slashes(string path) => path.Replace('\\', '/');

    private static List<string> Identities(JsonElement items, string kind) =>
        items.GetProperty(kind).EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!).ToList();

    private static async Task<JsonElement> EvaluateAsync(string project, params string[] properties)
    {
        var json = await MsBuildAsync([project, "-getItem:PackageReference,ProjectReference,None,Compile", .. properties]);
        return JsonDocument.Parse(json).RootElement.GetProperty("Items");
    }

    private static async Task<string> PropertyAsync(string project, string property, params string[] properties) =>
        (await MsBuildAsync([project, "-getProperty:" + property, .. properties])).Trim();

    private static async Task<string> MsBuildAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", "-nologo", .. arguments]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        // A test host's own MSBuild settings must not leak into the evaluation.
        start.Environment.Remove("FunctionsRuntime");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }
}
