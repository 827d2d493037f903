using System.Text.RegularExpressions;
using Nightwatch.Support;

namespace Nightwatch.Architecture.Tests;

/// <summary>Everything that leaves goes through the outbound guard: nobody else makes HTTP clients or sockets.</summary>
public sealed partial class OutboundTests
{
    /// <summary>The guard itself, and the local runtime's client of its own queue, which talks to the storage account of its settings and to nothing else.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["src/Adapters/Http/SourceHttpExtensions.cs"] = [".AddHttpClient(", "SocketsHttpHandler"],
        ["src/Adapters/Http/OutboundConnector.cs"] = ["new Socket("],
        ["src/LocalRuntime/Host/LocalHostBuilder.cs"] = [".AddHttpClient("],
    };

    [Fact]
    public void WhatMakesConnections_IsInTheGuardOnly()
    {
        var source = Path.Combine(Repository.Root, "src");
        var found = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Made(File.ReadAllText(file)).Select(what => (File: Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), What: what)))
            .ToHashSet();

        var allowed = Allowed.SelectMany(a => a.Value.Select(what => (File: a.Key, What: what))).ToHashSet();
        Assert.Empty(found.Except(allowed));
        // An exception that nobody needs any more goes as well.
        Assert.Empty(allowed.Except(found));
    }

    [Theory]
    [InlineData("var c = new HttpClient();")]
    [InlineData("using HttpClient c = new ();")]
    [InlineData("HttpClient c = new();")]
    [InlineData("new SocketsHttpHandler { }")]
    [InlineData("new System.Net.Http.HttpClientHandler()")]
    [InlineData("new WinHttpHandler()")]
    [InlineData("services.AddHttpClient<A>()")]
    [InlineData("services.AddHttpClient(\"a\")")]
    [InlineData("services . AddHttpClient(")]
    [InlineData("new TcpClient(a, 1)")]
    [InlineData("new UdpClient(1)")]
    [InlineData("new Socket(a)")]
    [InlineData("new ClientWebSocket()")]
    [InlineData("WebRequest.Create(a)")]
    [InlineData("new WebClient()")]
    [InlineData("new HttpClientPipelineTransport()")]
    [InlineData("new SmtpClient()")]
    [InlineData("GrpcChannel.ForAddress(a)")]
    public void Made_OfEachWayOut_FindsIt(string code) => Assert.NotEmpty(Made(code));

    [Theory]
    [InlineData("clients.CreateClient(name)")]
    [InlineData("new HttpClientPipelineTransport(clients.CreateClient(ClientName))")]
    [InlineData("catch (SocketException exception)")]
    [InlineData("/// <see cref=\"SocketsHttpHandler\"/>")]
    public void Made_OfWhatMakesNone_FindsNothing(string code) => Assert.Empty(Made(code));

    private static IEnumerable<string> Made(string code)
    {
        foreach (Match match in WayOut().Matches(Comment().Replace(code, "")))
        {
            var text = Blank().Replace(match.Value, "");
            yield return text.Contains("SocketsHttpHandler", StringComparison.Ordinal) ? "SocketsHttpHandler"
                : text.StartsWith("newSocket", StringComparison.Ordinal) ? "new Socket("
                : text.StartsWith(".AddHttpClient", StringComparison.Ordinal) ? ".AddHttpClient("
                : text;
        }
    }

    [GeneratedRegex(
        @"\bnew\s+(?:[\w.]+\.)?(?:HttpClient|HttpClientHandler|SocketsHttpHandler|WinHttpHandler|WebClient|TcpClient|UdpClient|Socket|ClientWebSocket|SmtpClient)\s*[({]"
        + @"|\b(?:HttpClient|SocketsHttpHandler|TcpClient|Socket|ClientWebSocket)\s+\w+\s*=\s*new\s*\("
        + @"|\bnew\s+HttpClientPipelineTransport\s*\(\s*\)"
        + @"|\.\s*AddHttpClient\s*[<(]|\bWebRequest\s*\.\s*Create|\bGrpcChannel\s*\.\s*ForAddress|\bnew\s+SocketsHttpHandler\b")]
    private static partial Regex WayOut();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
