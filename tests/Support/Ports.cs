using System.Net;
using System.Net.Sockets;

namespace Nightwatch.Support;

/// <summary>Loopback ports that were free a moment ago. A program that finds its port taken is started again on another one.</summary>
public static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
