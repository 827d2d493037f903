using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Queries;
using Nightwatch.Functions.Datasources;

namespace Nightwatch.Functions.Tests.Datasources;

public sealed class QueryLimitsReaderTests
{
    [Fact]
    public void Read_NothingSet_IsTheDefaults()
    {
        var configuration = Settings();

        Assert.Equal(QueryLimits.Default, QueryLimitsReader.Read(configuration));
        Assert.Equal(QueryCacheOptions.Default, QueryLimitsReader.ReadCache(configuration));
        Assert.Empty(QueryLimitsReader.ReadPolicies(configuration).For("anybody").ForcedLabels);
    }

    [Fact]
    public void Read_Settings_AreTaken()
    {
        var configuration = Settings(
            ("QUERY_MAX_SERIES", "0"), ("QUERY_MAX_SAMPLES", "1000"), ("QUERY_CACHE_SECONDS", "0"), ("QUERY_CACHE_METADATA_SECONDS", "60"), ("QUERY_CACHE_MEGABYTES", "8"));

        Assert.Equal((0, 1000), (QueryLimitsReader.Read(configuration).MaxSeries, QueryLimitsReader.Read(configuration).MaxSamples));
        var cache = QueryLimitsReader.ReadCache(configuration);
        Assert.Equal((false, TimeSpan.FromMinutes(1), 8L << 20), (cache.IsOn, cache.Metadata, cache.MaxBytes));
    }

    [Fact]
    public void ReadPolicies_ForcedLabels_AreTheCommonOnesAndThoseOfTheTenant()
    {
        var policies = QueryLimitsReader.ReadPolicies(Settings(
            ("QUERY_FORCED_LABELS", "namespace=shop|shop-db, cluster=eu"), ("QUERY_FORCED_LABELS_FOR:acme", "namespace=acme"), ("QUERY_FORCED_LABELS_FOR:Other", "team=x=y")));

        Assert.Equal(["cluster=eu", "namespace=shop+shop-db"], Labels(policies.For("default").ForcedLabels));
        Assert.Equal(["cluster=eu", "namespace=acme"], Labels(policies.For("acme").ForcedLabels));
        Assert.Equal(["cluster=eu", "namespace=shop+shop-db", "team=x=y"], Labels(policies.For("other").ForcedLabels));
        Assert.Equal(policies.For("default").MaxRange, policies.For("acme").MaxRange);
    }

    [Theory]
    [InlineData("QUERY_FORCED_LABELS", "namespace")]
    [InlineData("QUERY_FORCED_LABELS", "namespace=")]
    [InlineData("QUERY_FORCED_LABELS", "namespace=a|")]
    [InlineData("QUERY_FORCED_LABELS", "name space=a")]
    [InlineData("QUERY_FORCED_LABELS", "__name__=up")]
    [InlineData("QUERY_FORCED_LABELS", "a=b,a=c")]
    [InlineData("QUERY_FORCED_LABELS_FOR:acme", "=x")]
    [InlineData("QUERY_CACHE_SECONDS", "-1")]
    [InlineData("QUERY_CACHE_MEGABYTES", "0")]
    [InlineData("QUERY_MAX_SERIES", "many")]
    public void Read_WrongSetting_NamesItsKey(string key, string value)
    {
        var configuration = Settings((key, value));

        var wrong = Assert.Throws<OptionsValidationException>(() =>
        {
            QueryLimitsReader.ReadPolicies(configuration);
            QueryLimitsReader.ReadCache(configuration);
            QueryLimitsReader.Read(configuration);
        });
        Assert.Contains(key.Replace(":", "__", StringComparison.Ordinal), wrong.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Labels(IReadOnlyDictionary<string, IReadOnlyList<string>> labels) =>
        labels.Select(l => $"{l.Key}={string.Join('+', l.Value)}").Order(StringComparer.Ordinal);

    private static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
}
