using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>An Azure Storage account's queue endpoint and the key that signs requests to it.</summary>
internal sealed record QueueAccount(string Name, Uri Endpoint, ReadOnlyMemory<byte> Key)
{
    // Published with the emulator's documentation for everybody's use.
    private const string EmulatorName = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <param name="connectionString">UseDevelopmentStorage=true, or AccountName, AccountKey and QueueEndpoint (or EndpointSuffix).</param>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static QueueAccount Parse(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        if (bool.TryParse(parts["UseDevelopmentStorage"].FirstOrDefault(), out var emulated) && emulated)
        {
            return new QueueAccount(EmulatorName, new Uri($"http://127.0.0.1:10001/{EmulatorName}"), Convert.FromBase64String(EmulatorKey));
        }

        var name = parts["AccountName"].FirstOrDefault();
        var key = parts["AccountKey"].FirstOrDefault();
        var suffix = parts["EndpointSuffix"].FirstOrDefault() ?? "core.windows.net";
        var endpoint = parts["QueueEndpoint"].FirstOrDefault() ?? $"https://{name}.queue.{suffix}";
        var secret = new byte[256];
        return name is not null && key is not null && Convert.TryFromBase64String(key, secret, out var length) && Uri.TryCreate(endpoint.TrimEnd('/'), UriKind.Absolute, out var uri)
            ? new QueueAccount(name, uri, secret.AsMemory(0, length))
            : throw new FormatException("LocalRuntime needs an Azure Storage connection string: UseDevelopmentStorage=true, or AccountName, AccountKey and QueueEndpoint.");
    }

    /// <summary>Adds the date, version and SharedKey headers. Source: Azure Storage REST reference, "Authorize with Shared Key".</summary>
    public void Sign(HttpRequestMessage request, TimeProvider time)
    {
        request.Headers.Add("x-ms-date", time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        request.Headers.Add("x-ms-version", "2021-12-02");
        var length = request.Content?.Headers.ContentLength is > 0 and var size ? size.ToString(CultureInfo.InvariantCulture) : "";
        var type = request.Content?.Headers.ContentType?.ToString() ?? "";
        var text = new StringBuilder()
            .Append(request.Method.Method).Append("\n\n\n").Append(length).Append("\n\n").Append(type).Append("\n\n\n\n\n\n\n")
            .Append("x-ms-date:").Append(request.Headers.GetValues("x-ms-date").Single()).Append('\n')
            .Append("x-ms-version:2021-12-02\n")
            .Append('/').Append(Name).Append(request.RequestUri!.AbsolutePath);
        foreach (var parameter in request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).OrderBy(pair => pair[0], StringComparer.Ordinal))
        {
            text.Append('\n').Append(parameter[0]).Append(':').Append(Uri.UnescapeDataString(parameter[1]));
        }

        var signature = Convert.ToBase64String(HMACSHA256.HashData(Key.Span, Encoding.UTF8.GetBytes(text.ToString())));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{Name}:{signature}");
    }
}

/// <summary>One queue of an account, or the queue that holds its dead letters.</summary>
internal sealed record QueueAddress(QueueAccount Account, string Name)
{
    public const string DeadLetterSuffix = "-deadletter";

    public bool IsDeadLetter { get; private init; }

    public QueueAddress DeadLetter => this with { Name = Name + DeadLetterSuffix, IsDeadLetter = true };

    public string Path => $"{Account.Endpoint.AbsoluteUri.TrimEnd('/')}/{Name}";

    public bool Equals(QueueAddress? other) => other is not null && string.Equals(Path, other.Path, StringComparison.Ordinal);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Path);
}
