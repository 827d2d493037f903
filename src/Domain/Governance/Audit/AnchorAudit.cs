using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// Writes down how far the chains have got: into the store, to every <see cref="IAuditAnchorSink"/> and into the log. Several processes may do so at once; the
/// numbers of the anchors decide who was first, and the other one looks again.
/// </summary>
public sealed partial class AnchorAudit(
    IDocuments<AuditAnchor> anchors,
    FindAuditHeads find,
    AuditHeads own,
    AuditKeyRing keys,
    IEnumerable<IAuditAnchorSink> sinks,
    IOptions<AuditOptions> options,
    TimeProvider time,
    ILogger<AnchorAudit> logger)
{
    private const int Attempts = 16;

    /// <summary>An anchor outlives what it stands for.</summary>
    private static readonly TimeSpan Beyond = TimeSpan.FromDays(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, AuditAnchor> latest = new(StringComparer.Ordinal);

    /// <summary>Anchors every chain of the tenant, whichever process writes it. Null when there was nothing new.</summary>
    /// <exception cref="StoreUnavailableException">The store is down, or other processes were quicker again and again.</exception>
    public Task<AuditAnchor?> AnchorAllAsync(string tenant, CancellationToken cancellationToken) =>
        AnchorAsync(tenant, last => find.AllAsync(tenant, last, cancellationToken), cancellationToken);

    /// <summary>The same for this process's chains only: at the cost of one read and one write.</summary>
    /// <exception cref="StoreUnavailableException">As of <see cref="AnchorAllAsync"/>.</exception>
    public Task<AuditAnchor?> AnchorOwnAsync(string tenant, CancellationToken cancellationToken) =>
        AnchorAsync(tenant, last => Task.FromResult(find.Own(tenant, last)), cancellationToken);

    private async Task<AuditAnchor?> AnchorAsync(string tenant, Func<AuditAnchor?, Task<IReadOnlyList<AuditHead>>> collect, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var last = await ReadLastAsync(tenant, cancellationToken);
            var heads = await collect(last);
            if (heads.SequenceEqual(last?.Heads ?? []))
            {
                return null;
            }

            var anchor = Build(tenant, last, heads);
            var result = await anchors.WriteAsync(tenant, DocumentWrite<AuditAnchor>.Create(anchor.Id, anchor), cancellationToken);
            if (result.Written)
            {
                Remember(anchor);
                own.Anchored(tenant, heads);
                await PublishAsync(anchor);
                return anchor;
            }
        }

        throw new StoreUnavailableException($"Other processes wrote {Attempts} anchors of the audit trail before this one could.");
    }

    /// <summary>The store's last anchor, or the one remembered when the store has lost it: then its number shows the gap.</summary>
    private async Task<AuditAnchor?> ReadLastAsync(string tenant, CancellationToken cancellationToken)
    {
        var page = await anchors.QueryAsync(tenant, new DocumentQuery { Descending = true, PageSize = 1 }, cancellationToken);
        var stored = page.Documents is [var last] ? last.Value : null;
        lock (gate)
        {
            if (!latest.TryGetValue(tenant, out var known) || known.Number <= (stored?.Number ?? 0))
            {
                return stored;
            }

            LogLost(logger, tenant, known.Number, stored?.Number ?? 0);
            return known;
        }
    }

    private AuditAnchor Build(string tenant, AuditAnchor? last, IReadOnlyList<AuditHead> heads)
    {
        var now = time.GetUtcNow();
        var at = last is { } && last.At > now ? last.At : now;
        var expires = heads.Select(h => h.ExpiresAt).Append(at + TimeSpan.FromDays(options.Value.RetentionDays)).Max() + Beyond;
        var anchor = new AuditAnchor
        {
            Tenant = tenant,
            Number = (last?.Number ?? 0) + 1,
            At = at,
            ExpiresAt = last is { } && last.ExpiresAt > expires ? last.ExpiresAt : expires,
            EarlierExpireBy = last?.ExpiresAt,
            Heads = heads,
            KeyId = keys.Current.Id,
            PreviousMac = last?.Mac ?? "",
            Mac = "",
        };
        return anchor with { Mac = new AuditMac().Of(anchor, keys.Current) };
    }

    private void Remember(AuditAnchor anchor)
    {
        lock (gate)
        {
            if (!latest.TryGetValue(anchor.Tenant, out var known) || known.Number < anchor.Number)
            {
                latest[anchor.Tenant] = anchor;
            }
        }
    }

    private async Task PublishAsync(AuditAnchor anchor)
    {
        LogAnchor(logger, JsonSerializer.Serialize(anchor, NightwatchJson.Options));
        foreach (var sink in sinks)
        {
            try
            {
                // It is in the store already; a caller who goes away must not keep it from here.
                await sink.AppendAsync(anchor, CancellationToken.None);
            }
            catch (StoreUnavailableException down)
            {
                LogNotPublished(logger, anchor.Number, down.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit anchor {Anchor}")]
    private static partial void LogAnchor(ILogger logger, string anchor);

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit anchor {Number} could not be written outside of the store: {Reason}")]
    private static partial void LogNotPublished(ILogger logger, long number, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store has lost audit anchors of {Tenant}: {Known} was written, {Stored} is the last. Run the verification.")]
    private static partial void LogLost(ILogger logger, string tenant, long known, long stored);
}
