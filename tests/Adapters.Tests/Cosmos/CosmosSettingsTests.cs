using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Cosmos;

namespace Nightwatch.Adapters.Tests.Cosmos;

public sealed class CosmosSettingsTests
{
    private const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";

    [Fact]
    public void Read_WithNothingSet_MeansTheEmbeddedStore() => Assert.Null(Read());

    [Fact]
    public void Read_WithAnEndpoint_TakesTheDefaults()
    {
        var options = Read(("COSMOS_ENDPOINT", "https://acc.documents.azure.com:443/"), ("AZURE_CLIENT_ID", "an-id"))!;

        Assert.Equal(("https://acc.documents.azure.com/", null, "nightwatch", "documents", false, 15.0, "an-id"),
            (options.Endpoint.AbsoluteUri, options.Key, options.Database, options.Container, options.Create, options.Timeout.TotalSeconds, options.ClientId));
    }

    [Fact]
    public void Read_WithAConnectionString_TakesItApart()
    {
        var options = Read(("COSMOS_CONNECTION_STRING", $"AccountEndpoint=https://acc.documents.azure.com:443/;AccountKey={Key}IQ==;"), ("COSMOS_CREATE", "true"))!;

        Assert.Equal(("https://acc.documents.azure.com/", Key + "IQ==", true), (options.Endpoint.AbsoluteUri, options.Key, options.Create));
        Assert.DoesNotContain(Key, options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("COSMOS_KEY", "COSMOS_KEY", Key)]
    [InlineData("COSMOS_ENDPOINT", "COSMOS_ENDPOINT", "acc.documents.azure.com")]
    [InlineData("COSMOS_ENDPOINT", "COSMOS_ENDPOINT", "http://acc.documents.azure.com")]
    [InlineData("COSMOS_ENDPOINT", "COSMOS_ENDPOINT", "http://acc.documents.azure.com", "COSMOS_KEY", Key)]
    [InlineData("COSMOS_ENDPOINT", "COSMOS_ENDPOINT", "http://127.0.0.1:8081")]
    [InlineData("COSMOS_ENDPOINT", "COSMOS_ENDPOINT", "https://user:password@acc.documents.azure.com")]
    [InlineData("COSMOS_KEY", "COSMOS_ENDPOINT", "https://acc.documents.azure.com", "COSMOS_KEY", "no base64!")]
    [InlineData("COSMOS_KEY", "COSMOS_ENDPOINT", "https://acc.documents.azure.com", "COSMOS_KEY", "c2hvcnQ=")]
    [InlineData("COSMOS_DATABASE", "COSMOS_ENDPOINT", "https://acc.documents.azure.com", "COSMOS_DATABASE", "a/b")]
    [InlineData("COSMOS_CONTAINER", "COSMOS_ENDPOINT", "https://acc.documents.azure.com", "COSMOS_CONTAINER", "a#b")]
    [InlineData("COSMOS_CREATE", "COSMOS_ENDPOINT", "https://acc.documents.azure.com", "COSMOS_CREATE", "yes")]
    [InlineData("COSMOS_TIMEOUT_SECONDS", "COSMOS_ENDPOINT", "https://acc.documents.azure.com", "COSMOS_TIMEOUT_SECONDS", "0")]
    [InlineData("COSMOS_CONNECTION_STRING", "COSMOS_CONNECTION_STRING", "AccountEndpoint=https://acc.documents.azure.com")]
    [InlineData("COSMOS_CONNECTION_STRING", "COSMOS_CONNECTION_STRING", "nonsense")]
    [InlineData("COSMOS_CONNECTION_STRING", "COSMOS_CONNECTION_STRING", "AccountEndpoint=https://a.b;AccountKey=" + Key, "COSMOS_ENDPOINT", "https://a.b")]
    public void Read_WithAWrongSetting_NamesItAndShowsNoSecret(string named, params string[] settings)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read([.. settings.Chunk(2).Select(s => (s[0], s[1]))]));

        Assert.StartsWith(named, Assert.Single(failure.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", failure.Message, StringComparison.Ordinal);
    }

    private static CosmosStoreOptions? Read(params (string Name, string Value)[] settings) =>
        CosmosStoreOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build());
}
