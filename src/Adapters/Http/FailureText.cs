using System.Net.Sockets;
using System.Text;

namespace Nightwatch.Adapters.Http;

/// <summary>Makes one short line of what an outside system said, without control characters.</summary>
internal static class FailureText
{
    public const int MaxLength = 300;

    /// <summary>One line of at most <see cref="MaxLength"/> characters; runs of blanks become one.</summary>
    public static string Shorten(string? text)
    {
        var line = new StringBuilder(MaxLength + 3);
        foreach (var c in text ?? "")
        {
            if (line.Length >= MaxLength)
            {
                return line.Append("...").ToString();
            }

            if (!char.IsControl(c) && !char.IsWhiteSpace(c))
            {
                line.Append(c);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>Why no connection came about; host and port are told, user information never is.</summary>
    public static string OfConnection(HttpRequestException exception, Uri target) => exception.InnerException switch
    {
        SocketException socket => $"{target.Authority} cannot be reached: {socket.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host name is unknown",
            SocketError.TimedOut => "no answer to the connection attempt",
            var other => other.ToString(),
        }}",
        System.Security.Authentication.AuthenticationException => $"{target.Authority} cannot be trusted: its certificate was refused",
        _ => $"{target.Authority} broke the connection ({exception.HttpRequestError})",
    };
}
