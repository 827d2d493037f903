using System.Net;
using System.Net.Sockets;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Http;

/// <summary>
/// Makes every new connection: resolves the name once, judges all that it leads to, and connects to an address that was judged, so that a name cannot
/// change its mind between the check and the connection. TLS still checks the certificate against the name, since only the socket is ours.
/// </summary>
/// <remarks>
/// One refused address refuses the whole answer: an honest name seldom mixes public and inner addresses, and choosing the good ones would let
/// somebody try which inner addresses exist.
/// </remarks>
internal sealed class OutboundConnector(OutboundRules rules, OutboundSettings settings, IHostResolver resolver)
{
    private const int MaxAddresses = 16;

    /// <summary>For each address but the last, so that one that swallows packets leaves time for the next.</summary>
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(2);

    private readonly OutboundRules proxyRules = new(settings, settings.Proxy is { } proxy ? OutboundTrust.Operator(proxy) : OutboundTrust.User);

    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint, cancellationToken);

    /// <exception cref="OutboundRefusedException">A rule refuses the host or one of its addresses.</exception>
    /// <exception cref="SocketException">It cannot be resolved or reached.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(target.Host, cancellationToken).ConfigureAwait(false);
        var judge = IsProxy(target) ? proxyRules : rules;
        foreach (var address in addresses)
        {
            if (judge.CheckAddress(target.Host, target.Port, address) is { } refusal)
            {
                throw new OutboundRefusedException(refusal);
            }
        }

        for (var i = 0; ; i++)
        {
            try
            {
                return await ConnectAsync(addresses[i], target.Port, isLast: i == addresses.Count - 1, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException) when (i < addresses.Count - 1)
            {
                // The next address may answer.
            }
            catch (OperationCanceledException) when (i < addresses.Count - 1 && !cancellationToken.IsCancellationRequested)
            {
                // This one swallows what is sent to it.
            }
        }
    }

    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        // What the URL's parser did not take for an address may still be one to a resolver (0x7f.1); both are told by what comes out.
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        return found.Count switch
        {
            0 => throw new SocketException((int)SocketError.HostNotFound),
            > MaxAddresses => [.. found.Take(MaxAddresses)],
            _ => found,
        };
    }

    private bool IsProxy(DnsEndPoint target) =>
        settings.Proxy is { } proxy && proxy.Port == target.Port && HostName.Normalise(proxy.IdnHost) == HostName.Normalise(target.Host);

    private static async Task<Stream> ConnectAsync(IPAddress judged, int port, bool isLast, CancellationToken cancellationToken)
    {
        var address = judged.IsIPv4MappedToIPv6 ? judged.MapToIPv4() : judged;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(isLast ? Timeout.InfiniteTimeSpan : Attempt);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), limit.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            // Anew, because the system's own message tells the address.
            throw new SocketException((int)exception.SocketErrorCode);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
