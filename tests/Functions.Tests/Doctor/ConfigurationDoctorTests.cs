using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Nightwatch.Functions.Doctor;

namespace Nightwatch.Functions.Tests.Doctor;

public sealed class ConfigurationDoctorTests
{
    private static readonly string AuditKey = Convert.ToBase64String(SHA256.HashData("one"u8));
    private static readonly string SecretsKey = Convert.ToBase64String(SHA256.HashData("two"u8));

    [Fact]
    public void Examine_SoundConfiguration_FindsNothing() => Assert.Empty(Examine(
        ("NIGHTWATCH_INTAKE_TOKEN_SHA256", Hash("4f1c0aa9e6")),
        ("NIGHTWATCH_READ_TOKEN_SHA256", Hash("9ab37c21dd")),
        ("PROMETHEUS_URL", "https://prometheus.example"),
        ("PROMETHEUS_TOKEN", "x"),
        ("ALERTMANAGER_URL", "http://alertmanager.monitoring:9093"),
        ("LOKI_URL", "http://127.0.0.1:3100"),
        ("LOKI_PASSWORD", "x"),
        ("LOKI_USERNAME", "x"),
        ("SIGNIN:entra:ISSUER", "https://login.microsoftonline.com/x/v2.0"),
        ("NIGHTWATCH_DEVELOPMENT", "loopback"),
        ("LocalRuntime:Url", "http://127.0.0.1:7071"),
        ("NIGHTWATCH_OUTBOUND_ALLOW", "*.example.com, 10.1.0.0/16"),
        ("ServiceBus", "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=k;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;")));

    [Theory]
    [InlineData("NIGHTWATCH_DEVELOPMENT", "LocalRuntime:Url", "http://0.0.0.0:7071", "NIGHTWATCH_DEVELOPMENT", "loopback")]
    [InlineData("NIGHTWATCH_DEVELOPMENT", "WEBSITE_SITE_NAME", "app", "NIGHTWATCH_DEVELOPMENT", "loopback")]
    [InlineData("NIGHTWATCH_ADMIN_TOKEN_SHA256", "NIGHTWATCH_ADMIN_TOKEN_SHA256", "00", "x", "x")]
    [InlineData("PROMETHEUS_URL", "PROMETHEUS_URL", "http://prometheus.example", "PROMETHEUS_TOKEN", "hunter2")]
    [InlineData("PROMETHEUS_URL", "PROMETHEUS_URL", "https://me:hunter2@prometheus.example", "x", "x")]
    [InlineData("LOKI_SOURCES__eu__URL", "LOKI_SOURCES:eu:URL", "http://loki.example", "LOKI_SOURCES:eu:PASSWORD", "hunter2")]
    [InlineData("OPENAI_ENDPOINT", "OPENAI_ENDPOINT", "http://models.example/v1", "OPENAI_API_KEY", "hunter2")]
    [InlineData("NIGHTWATCH_SECRETS_KEY", "NIGHTWATCH_SECRETS_KEY", "", "x", "x")]
    [InlineData("NIGHTWATCH_AUDIT_KEY", "NIGHTWATCH_AUDIT_KEY", "c2hvcnQ=", "x", "x")]
    [InlineData("NIGHTWATCH_AUDIT_KEY", "NIGHTWATCH_AUDIT_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "x", "x")]
    [InlineData("NIGHTWATCH_AUDIT_ANCHORS", "NIGHTWATCH_AUDIT_ANCHORS", "", "x", "x")]
    [InlineData("SIGNIN__okta__ISSUER", "SIGNIN:okta:ISSUER", "http://okta.example", "x", "x")]
    [InlineData("NIGHTWATCH_PUBLIC_URL", "NIGHTWATCH_PUBLIC_URL", "http://nightwatch.example", "x", "x")]
    [InlineData("NIGHTWATCH_PLATFORM_AUTH", "NIGHTWATCH_PLATFORM_AUTH", "easyauth", "x", "x")]
    [InlineData("NIGHTWATCH_CORS_ORIGINS", "NIGHTWATCH_CORS_ORIGINS", "https://a.example,*", "x", "x")]
    [InlineData("NIGHTWATCH_OUTBOUND_ALLOW", "NIGHTWATCH_OUTBOUND_ALLOW", "0.0.0.0/0", "x", "x")]
    [InlineData("NIGHTWATCH_OUTBOUND_ALLOW", "NIGHTWATCH_OUTBOUND_ALLOW", "169.254.169.254/32", "x", "x")]
    [InlineData("NIGHTWATCH_TRUSTED_PROXIES", "NIGHTWATCH_TRUSTED_PROXIES", "0.0.0.0/0", "x", "x")]
    [InlineData("ServiceBus", "ServiceBus", "AccountName=devstoreaccount1;AccountKey=k;QueueEndpoint=http://10.0.0.1:10001/devstoreaccount1", "x", "x")]
    public void Examine_InsecureSetting_IsNamedWithoutItsSecret(string named, string setting, string value, string other, string otherValue)
    {
        var found = Examine((setting, value), (other, otherValue));

        Assert.Equal(named, Assert.Single(found).Setting);
        Assert.DoesNotContain("hunter2", found[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("changeme")]
    [InlineData("")]
    [InlineData("nightwatch\n")]
    public void Examine_TokenThatAnybodyWouldGuess_IsNamed(string token) =>
        Assert.Equal("NIGHTWATCH_READ_TOKEN_SHA256", Assert.Single(Examine(("NIGHTWATCH_READ_TOKEN_SHA256", Hash(token)))).Setting);

    [Fact]
    public void Examine_OneTokenForTwoThings_IsNamed()
    {
        var hash = Hash("4f1c0aa9e6");

        var found = Examine(("NIGHTWATCH_INTAKE_TOKEN_SHA256", hash), ("NIGHTWATCH_READ_TOKEN_SHA256", hash.ToUpperInvariant()));

        Assert.Contains("shares a token", Assert.Single(found).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Findings_AreLinesAndAnExitCode()
    {
        using var output = new StringWriter();

        Assert.Equal(1, DoctorCommand.Run(new ConfigurationBuilder().Build(), output));
        Assert.All(output.ToString().TrimEnd().Split('\n'), line => Assert.StartsWith("FIX   NIGHTWATCH_", line, StringComparison.Ordinal));
    }

    /// <summary>On top of a configuration that has its keys.</summary>
    private static IReadOnlyList<InsecureSetting> Examine(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["NIGHTWATCH_AUDIT_KEY"] = AuditKey,
            ["NIGHTWATCH_SECRETS_KEY"] = SecretsKey,
            ["NIGHTWATCH_AUDIT_ANCHORS"] = "/var/log/anchors.jsonl",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return ConfigurationDoctor.Examine(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
