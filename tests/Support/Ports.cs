using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Nightwatch.Support;

/// <summary>Loopback ports that were free a moment ago. A program that finds its port taken is started again on another one.</summary>
public static class Ports
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>Each port once in this process: tests that run side by side take their time until they listen.</summary>
    public static int Free()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (Given.TryAdd(port, true))
            {
                return port;
            }
        }
    }
}
