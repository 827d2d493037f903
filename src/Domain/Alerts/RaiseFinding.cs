using System.Globalization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>Records a finding; the same kind from the same source within one hour (UTC) becomes one document with a count.</summary>
public sealed class RaiseFinding(IDocuments<Finding> findings, TimeProvider time)
{
    private const int MaxAttempts = 8;
    private const int MaxMessageLength = 1000;

    /// <exception cref="StoreUnavailableException">The store is down.</exception>
    public async Task<Finding> RaiseAsync(string tenant, string kind, string source, string message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMddHH}-{kind}-{AlertFingerprint.OfText(source)}");
        var text = CleanText.Cut(CleanText.Line(message), MaxMessageLength);
        for (var attempt = 0; ; attempt++)
        {
            var current = await findings.ReadAsync(tenant, id, cancellationToken);
            var finding = current is null
                ? new Finding { Id = id, Tenant = tenant, Kind = kind, Source = source, Message = text, At = now, LastAt = now, Count = 1 }
                : current.Value with { Message = text, LastAt = now, Count = current.Value.Count + 1 };
            var write = current is null ? DocumentWrite<Finding>.Create(id, finding) : DocumentWrite<Finding>.Replace(current, finding);
            // After many lost races the finding stands, only its count is short by one.
            if ((await findings.WriteAsync(tenant, write, cancellationToken)).Written || attempt == MaxAttempts)
            {
                return finding;
            }
        }
    }
}
