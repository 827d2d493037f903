using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Nightwatch.Shop.Telemetry;

namespace Nightwatch.Shop.Roles;

/// <summary>Another service failed us: which, and the status that our own caller gets.</summary>
internal sealed class PeerException(string peer, int answer, string message) : Exception(message)
{
    public string Peer => peer;

    public int Answer => answer;
}

/// <summary>Measured HTTP calls to one other service. It answers within four seconds or counts as timed out.</summary>
internal sealed class PeerClient(string peer, HttpClient client, Counter requests, Histogram durations)
{
    private static readonly string[] Forwarded = ["x-region", "x-customer-tier"];

    /// <summary>Clients of the named peers (--PEER URL), counted in one family.</summary>
    public static PeerClient[] Create(ServiceHost host, params string[] peers)
    {
        var requests = host.Metrics.Counter("http_client_requests_total", "Calls to other services.", "peer_service", "code");
        var durations = host.Metrics.Histogram("http_client_request_duration_seconds", "Time of calls to other services.", "peer_service");
        return [.. peers.Select(p => new PeerClient(p, Connect(host.Options.Required(p)), requests, durations))];
    }

    /// <exception cref="PeerException">502 when the peer failed or refused the connection, 504 when it took too long.</exception>
    public async Task<JsonElement> SendAsync(HttpContext caller, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{caller.TraceIdentifier}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        foreach (var name in Forwarded)
        {
            if (caller.Request.Headers.TryGetValue(name, out var value))
            {
                request.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        var started = Stopwatch.GetTimestamp();
        var code = "error";
        try
        {
            using var response = await client.SendAsync(request, caller.RequestAborted);
            code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync<JsonElement>(caller.RequestAborted)
                : throw new PeerException(peer, 502, $"{peer} answered {code} to {method} {path}");
        }
        catch (HttpRequestException e)
        {
            code = e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "refused" : "broken";
            throw new PeerException(peer, 502, $"cannot reach {peer}: {e.Message}");
        }
        catch (TaskCanceledException) when (!caller.RequestAborted.IsCancellationRequested)
        {
            code = "timeout";
            throw new PeerException(peer, 504, $"{peer} did not answer {method} {path} within 4 s");
        }
        catch (OperationCanceledException)
        {
            code = "cancelled";
            throw;
        }
        finally
        {
            requests.Add(peer, code);
            durations.Observe(Stopwatch.GetElapsedTime(started).TotalSeconds, peer);
        }
    }

    private static HttpClient Connect(string address) => new() { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(4) };
}
