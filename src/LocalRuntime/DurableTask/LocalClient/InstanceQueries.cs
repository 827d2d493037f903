using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Reads instances as clients see them. Lists are in order of creation; the continuation token is the last key.</summary>
internal sealed class InstanceQueries(DurableStore store, DataConverter converter)
{
    private const int MaxPage = 1_000;

    private const string Filters =
        " FROM instances WHERE execution > 0 AND key > $1 AND ($2 IS NULL OR created >= $2) AND ($3 IS NULL OR created <= $3) AND ($4 IS NULL OR ((1 << status) & $4) <> 0)" +
        " AND ($5 IS NULL OR substr(id, 1, length($5)) = $5) AND ($6 IS NULL OR completed >= $6) AND ($7 IS NULL OR completed <= $7)";

    /// <summary>Null when there is no such instance.</summary>
    public OrchestrationMetadata? Get(string instanceId, bool payloads) => store.Load(instanceId) is { } record ? ToMetadata(record, payloads) : null;

    public Page<OrchestrationMetadata> List(OrchestrationQuery query, string? token, int pageSize)
    {
        var size = Math.Clamp(pageSize, 1, MaxPage);
        var statuses = Mask(query.Statuses);
        var records = store.Read(session =>
        {
            var found = new List<InstanceRecord>();
            using var reader = session.Query(
                $"SELECT {InstanceRecord.Columns}{Filters}{OnlyActive(statuses)} ORDER BY key LIMIT $8",
                ParseToken(token), query.CreatedFrom?.UtcTicks, query.CreatedTo?.UtcTicks, statuses, query.InstanceIdPrefix, null, null, size);
            while (reader.Read())
            {
                found.Add(InstanceRecord.Read(reader));
            }

            return found;
        });
        var next = records.Count == size ? records[^1].Key.ToString(CultureInfo.InvariantCulture) : null;
        return new Page<OrchestrationMetadata>([.. records.Select(record => ToMetadata(record, query.FetchInputsAndOutputs))], next);
    }

    public Page<string> ListIds(
        IEnumerable<OrchestrationRuntimeStatus>? statuses, DateTimeOffset? completedFrom, DateTimeOffset? completedTo, int pageSize, string? token)
    {
        var size = Math.Clamp(pageSize, 1, MaxPage);
        var mask = Mask(statuses);
        return store.Read(session =>
        {
            var ids = new List<string>();
            var last = 0L;
            using var reader = session.Query(
                $"SELECT key, id{Filters}{OnlyActive(mask)} ORDER BY key LIMIT $8",
                ParseToken(token), null, null, mask, null, completedFrom?.UtcTicks, completedTo?.UtcTicks, size);
            while (reader.Read())
            {
                last = reader.GetInt64(0);
                ids.Add(reader.GetString(1));
            }

            return new Page<string>(ids, ids.Count == size ? last.ToString(CultureInfo.InvariantCulture) : null);
        });
    }

    public OrchestrationMetadata ToMetadata(InstanceRecord record, bool payloads) => new(record.Name, record.Id)
    {
        RuntimeStatus = record.Status,
        CreatedAt = new DateTimeOffset(record.Created, TimeSpan.Zero),
        LastUpdatedAt = new DateTimeOffset(record.Updated, TimeSpan.Zero),
        Tags = record.Tags is null
            ? ImmutableDictionary<string, string>.Empty
            : JsonSerializer.Deserialize<Dictionary<string, string>>(record.Tags) ?? [],
        DataConverter = payloads ? converter : null,
        SerializedInput = payloads ? Input(record) : null,
        SerializedOutput = payloads ? Output(record) : null,
        SerializedCustomStatus = payloads ? record.Custom : null,
        FailureDetails = payloads && record.Failure is not null ? HistoryCodec.ReadFailure(record.Failure) : null,
    };

    private string? Input(InstanceRecord record)
    {
        try
        {
            return store.Data(store.LoadHistory(record.Key, 1)[0]);
        }
        catch (HistoryUnreadableException)
        {
            // Of an instance whose history is damaged everything else can still be shown.
            return null;
        }
    }

    private string? Output(InstanceRecord record)
    {
        try
        {
            return record.OutputPayload is { } payload ? store.Payload(payload) : record.Output;
        }
        catch (HistoryUnreadableException)
        {
            // Purged since the row was read.
            return null;
        }
    }

    private static long ParseToken(string? token) => token is null
        ? 0
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new ArgumentException("The continuation token is not one of this client's.", nameof(token));

    /// <summary>One bit for each status; null, which filters nothing, for none at all.</summary>
    public static long? Mask(IEnumerable<OrchestrationRuntimeStatus>? statuses) =>
        statuses?.Aggregate((long?)null, (mask, status) => (mask ?? 0) | (1L << (int)status));

    // Unfinished instances have an index of their own, so that finding them costs the same however many have ended.
    private static string OnlyActive(long? statuses)
    {
        const long Active = (1L << (int)OrchestrationRuntimeStatus.Running) | (1L << (int)OrchestrationRuntimeStatus.Pending) |
            (1L << (int)OrchestrationRuntimeStatus.Suspended);
        return statuses is { } mask && (mask & ~Active) == 0 ? " AND completed IS NULL" : "";
    }
}
