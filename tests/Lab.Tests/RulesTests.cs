using Nightwatch.Support;

namespace Nightwatch.Lab.Tests;

public sealed class RulesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "lab", "prometheus");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("shop.rules.yml")]
    [InlineData("host.rules.yml")]
    public Task Rules_Checked_AreValid(string file) => PromtoolAsync("check", "rules", Path.Combine(Folder, file));

    [Theory]
    [InlineData("shop.test.yml")]
    [InlineData("host.test.yml")]
    public Task Rules_ReplayedOverSeries_FireWhenTheyShouldAndOnlyThen(string file) => PromtoolAsync("test", "rules", Path.Combine(Folder, "tests", file));

    [Fact]
    public async Task Configuration_Rendered_IsValid()
    {
        using var scratch = new ScratchDirectory();
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "prometheus.yml"), Cancel);
        text = text.Replace("@RULES@", Folder, StringComparison.Ordinal);
        await File.WriteAllTextAsync(scratch.File("prometheus.yml"), System.Text.RegularExpressions.Regex.Replace(text, "@[A-Z]+@", "127.0.0.1:9"), Cancel);

        await PromtoolAsync("check", "config", scratch.File("prometheus.yml"));
    }

    [Fact]
    public async Task AlertmanagerConfiguration_Rendered_IsValid()
    {
        using var scratch = new ScratchDirectory();
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "alertmanager.yml"), Cancel);
        await File.WriteAllTextAsync(scratch.File("token"), "secret", Cancel);
        text = text.Replace("@TOKEN@", scratch.File("token"), StringComparison.Ordinal).Replace("@NIGHTWATCH@", "127.0.0.1:9", StringComparison.Ordinal);
        await File.WriteAllTextAsync(scratch.File("alertmanager.yml"), text, Cancel);

        await RunAsync("amtool", "check-config", scratch.File("alertmanager.yml"));
    }

    private static Task PromtoolAsync(params string[] arguments) => RunAsync("promtool", arguments);

    private static async Task RunAsync(string tool, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(Repository.Tool($"usr/bin/{tool}"), arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, output + await errors);
    }
}
