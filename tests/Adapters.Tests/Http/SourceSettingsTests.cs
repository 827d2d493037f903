using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Models;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Adapters.Tests.Http;

public sealed class SourceSettingsTests
{
    [Fact]
    public void NothingSet_RegistersNothing()
    {
        using var services = Sources.Build();

        Assert.Empty(services.GetServices<IMetricSource>());
        Assert.Empty(services.GetServices<IAlertSource>());
        Assert.Empty(services.GetServices<ILogSource>());
        Assert.Empty(services.GetServices<IChangeSource>());
        Assert.Null(services.GetService<IChatModel>());
        Assert.DoesNotContain(services.GetRequiredService<IToolCatalog>().Tools, t => t.Name == "query_logs");
    }

    [Fact]
    public void SeveralSources_TheDefaultIsFirst()
    {
        using var services = Sources.Build(
            ("PROMETHEUS_URL", "http://one:9090"),
            ("PROMETHEUS_SOURCES:europe:URL", "http://two:9090"),
            ("PROMETHEUS_SOURCES:asia:URL", "http://three:9090"),
            ("PROMETHEUS_SOURCES:asia:NAME", "apac"));

        Assert.Equal(["prometheus", "apac", "europe"], services.GetServices<IMetricSource>().Select(s => s.Name));
    }

    [Theory]
    [InlineData("PROMETHEUS_URL", "prometheus:9090")]
    [InlineData("PROMETHEUS_URL", "/var/run/prometheus")]
    [InlineData("PROMETHEUS_URL", "ftp://prometheus")]
    [InlineData("PROMETHEUS_URL", "http://prometheus/?a=b")]
    [InlineData("PROMETHEUS_EXTERNAL_URL", "nowhere")]
    [InlineData("PROMETHEUS_TIMEOUT_SECONDS", "0")]
    [InlineData("PROMETHEUS_TIMEOUT_SECONDS", "soon")]
    [InlineData("PROMETHEUS_MAX_ANSWER_MB", "100000")]
    [InlineData("PROMETHEUS_HEADER", "no colon")]
    [InlineData("PROMETHEUS_HEADER", "Bad Name: value")]
    [InlineData("PROMETHEUS_TOKEN", "two words")]
    [InlineData("PROMETHEUS_PASSWORD", "without-a-user")]
    [InlineData("PROMETHEUS_NAME", "a b")]
    [InlineData("PROMETHEUS_SOURCES:two:TOKEN", "but-no-url")]
    [InlineData("LOKI_URL", "loki")]
    [InlineData("GRAFANA_URL", "grafana")]
    [InlineData("ALERTMANAGER_URL", "alertmanager")]
    [InlineData("OPENAI_ENDPOINT", "http://model/?key=x")]
    [InlineData("OPENAI_ENDPOINT", "http://me:secret@model/v1")]
    [InlineData("OPENAI_MODEL", "model-without-endpoint")]
    [InlineData("OPENAI_API_KEY", "key-without-model")]
    public void WrongSetting_StopsTheStartAndIsNamed(string key, string value)
    {
        var settings = new Dictionary<string, string?> { ["PROMETHEUS_URL"] = "http://one:9090", [key] = value };
        if (key == "OPENAI_ENDPOINT")
        {
            settings["OPENAI_MODEL"] = "m";
        }

        var failure = Assert.Throws<OptionsValidationException>(() => Sources.Build([.. settings.Select(s => (s.Key, s.Value))]));

        Assert.Contains(key is "OPENAI_API_KEY" ? "OPENAI_MODEL" : key.Replace("TOKEN", key.Contains("SOURCES", StringComparison.Ordinal) ? "URL" : "TOKEN", StringComparison.Ordinal).Replace("PASSWORD", "USERNAME", StringComparison.Ordinal), failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TokenAndUser_Together_AreRefused() => Assert.Throws<OptionsValidationException>(
        () => Sources.Build(("PROMETHEUS_URL", "http://me:secret@one:9090"), ("PROMETHEUS_TOKEN", "token")));
}
