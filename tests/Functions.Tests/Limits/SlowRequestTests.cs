using System.Net;
using System.Net.Sockets;
using System.Text;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Limits;

/// <summary>Senders that connect and then take their time.</summary>
public sealed class SlowRequestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("NIGHTWATCH_LIMITS_BODY_SECONDS", " 408 ")]
    [InlineData("NIGHTWATCH_LIMITS_REQUEST_SECONDS", " 503 ")]
    public async Task Request_WhoseBodyDoesNotArrive_IsAnsweredAndTheProcessGoesOn(string setting, string status)
    {
        using var state = new ScratchDirectory();
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, new Dictionary<string, string?> { [setting] = "1" }, Stop);

        var answer = await SendHalfAsync(app);

        Assert.Contains(status, answer[..answer.IndexOf('\n', StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("\"title\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(" fail: ", app.Output, StringComparison.Ordinal);
        // The limit of a second is short for any request, on a machine that is busy.
        await Eventually.TrueAsync(async () => (await app.Http.GetAsync("api/health/live", Stop)).StatusCode == HttpStatusCode.OK, "the process goes on");
    }

    private static async Task<string> SendHalfAsync(NightwatchApp app)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, app.Url.Port, Stop);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /api/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {NightwatchApp.Token}\r\nContent-Length: 1000\r\n\r\n{{\"name\":"), Stop);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            // Until the whole problem is here, or the connection is shut behind it.
            int read;
            while (!text.ToString().Contains('}', StringComparison.Ordinal) && (read = await stream.ReadAsync(buffer, Stop)) > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Shut before it was read to the end.
        }

        return text.ToString();
    }
}
