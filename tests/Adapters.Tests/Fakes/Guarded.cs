using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Tests.Fakes;

/// <summary>A resolver that gives each name its answers one after the other, and the last one for ever.</summary>
internal sealed class FakeResolver : IHostResolver
{
    private readonly Dictionary<string, Queue<string[]>> answers = new(StringComparer.OrdinalIgnoreCase);

    public ConcurrentQueue<string> Asked { get; } = new();

    public FakeResolver With(string host, params string[][] inTurn)
    {
        answers[host] = new Queue<string[]>(inTurn);
        return this;
    }

    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Asked.Enqueue(host);
        lock (answers)
        {
            var known = answers.TryGetValue(host, out var inTurn) ? inTurn : throw new SocketException((int)SocketError.HostNotFound);
            var now = known.Count > 1 ? known.Dequeue() : known.Peek();
            return Task.FromResult<IReadOnlyList<IPAddress>>([.. now.Select(IPAddress.Parse)]);
        }
    }
}

/// <summary>Clients as the product's one factory makes them.</summary>
internal static class Guarded
{
    public static HttpClient Client(
        OutboundTrust trust, IHostResolver? resolver = null, OutboundLimits? limits = null, params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => s.Value)).Build();
        var services = new ServiceCollection();
        if (resolver is not null)
        {
            services.AddSingleton(resolver);
        }

        return services.AddSourceHttpClient(configuration, "test", trust, limits).BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("test");
    }

    /// <summary>For what users configure, with an allow-list.</summary>
    public static HttpClient ForUser(string allow = "", IHostResolver? resolver = null, OutboundLimits? limits = null) =>
        Client(OutboundTrust.User, resolver, limits, (OutboundSettings.AllowKey, allow));

    public static async Task<OutboundRefusal> RefusedAsync(Func<Task> send)
    {
        var exception = await Assert.ThrowsAnyAsync<HttpRequestException>(send);
        var refused = OutboundRefusedException.Within(exception);
        Assert.True(refused is not null, exception.ToString());
        return refused.Refusal;
    }
}
