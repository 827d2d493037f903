using Nightwatch.Support;

namespace Nightwatch.Functions.Tests;

/// <summary>A setting that is wrong stops the start with one line that names it and what to write instead.</summary>
public sealed class StartTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PROMETHEUS_URL", "prometheus:9090", "http or https")]
    [InlineData("OPENAI_MODEL", "a-model", "OPENAI_ENDPOINT")]
    [InlineData("NIGHTWATCH_READ_TOKEN_SHA256", "the-token-itself", "sha256sum")]
    [InlineData("NIGHTWATCH_DEVELOPMENT", "true", "loopback")]
    [InlineData("NIGHTWATCH_PLATFORM_AUTH", "true", "easyauth")]
    [InlineData("NIGHTWATCH_PUBLIC_URL", "nightwatch.example", "https")]
    [InlineData("SIGNIN__corp__ISSUER", "http://login.example", "https")]
    [InlineData("SIGNIN__corp__ALGORITHMS", "HS256", "PS256")]
    [InlineData("ServiceBus", "Endpoint=sb://x.servicebus.windows.net/", "UseDevelopmentStorage=true")]
    [InlineData("LocalRuntime__Url", "ftp://127.0.0.1", "http")]
    [InlineData("NIGHTWATCH_OUTBOUND_ALLOW", "http://a.example", "CIDR")]
    [InlineData("NIGHTWATCH_SECRETS_KEY", "the-token-itself", "openssl rand -base64 32")]
    [InlineData("NIGHTWATCH_SECRETS_KEY", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k)", "Key Vault Secrets User")]
    public async Task Start_WithAWrongSetting_EndsWithOneLineThatNamesIt(string setting, string value, string fix)
    {
        var line = await RefusedAsync(setting, value);

        Assert.Contains(setting.Replace("__", ":", StringComparison.Ordinal), line, StringComparison.Ordinal);
        Assert.Contains(fix, line, StringComparison.Ordinal);
        Assert.DoesNotContain("the-token-itself", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NIGHTWATCH_ANALYSIS_RULES", "rules:\n- name: a\n  investigate: perhaps\n", "line 3")]
    [InlineData("NIGHTWATCH_MAINTENANCE_WINDOWS", "windows:\n- nme: a\n", "line 2")]
    [InlineData("NIGHTWATCH_ANALYSIS_RULES", null, "rules.yaml")]
    public async Task Start_WithAWrongFile_EndsWithOneLineThatNamesSettingFileAndLine(string setting, string? yaml, string fix)
    {
        var path = scratch.File("rules.yaml");
        if (yaml is not null)
        {
            await File.WriteAllTextAsync(path, yaml, Stop);
        }

        var line = await RefusedAsync(setting, path);

        Assert.Contains(setting, line, StringComparison.Ordinal);
        Assert.Contains(path, line, StringComparison.Ordinal);
        Assert.Contains(fix, line, StringComparison.Ordinal);
    }

    public void Dispose() => scratch.Dispose();

    private async Task<string> RefusedAsync(string setting, string value)
    {
        await using var process = NightwatchApp.Launch(scratch.Path, "UseDevelopmentStorage=true", new Dictionary<string, string?> { [setting] = value });
        await process.WaitForExitAsync(Stop).WaitAsync(TimeSpan.FromMinutes(1), Stop);
        return Assert.Single(process.Output.Split('\n'));
    }
}
