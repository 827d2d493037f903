using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>An entity as stored.</summary>
internal sealed record StoredEntity(EntityInstanceId Id, long Updated, int Backlog, string? LockedBy, string? State);

/// <summary>Reads entities as clients see them, in the order of their ids; the continuation token is the last id.</summary>
internal static class EntityQueries
{
    // Entities lie together in the index of ids, between '@' and the character after it; the orchestrations among them have an execution.
    private const string First = "@";
    private const string End = "A";

    private const string From = " FROM instances i JOIN entities e ON e.key = i.key LEFT JOIN instances o ON o.key = e.lock_owner WHERE i.execution = 0 AND ";

    private const string Filters =
        "AND i.id < $3 AND substr(i.id, 1, length($2)) = $2 AND ($5 IS NULL OR i.updated >= $5) AND ($6 IS NULL OR i.updated <= $6) " +
        "AND ($7 = 1 OR e.state IS NOT NULL) ORDER BY i.id LIMIT $8";

    private const string Columns =
        "i.id, i.updated, (SELECT COUNT(*) FROM operations q WHERE q.entity = i.key AND q.due IS NULL), o.id, CASE WHEN $1 = 1 THEN e.state END";

    public const string FirstPage = "SELECT " + Columns + From + "i.id >= $4 " + Filters;
    public const string NextPage = "SELECT " + Columns + From + "i.id > $4 " + Filters;

    private static readonly string Highest = char.ConvertFromUtf32(0x10FFFF);

    /// <summary>Null when there is no such entity or it has no state.</summary>
    public static StoredEntity? Get(SqliteSession session, string id, bool withState)
    {
        using var reader = session.Query(
            "SELECT " + Columns + From + "i.id = $2 AND e.state IS NOT NULL", withState ? 1 : 0, id);
        return reader.Read() ? Read(reader) : null;
    }

    public static List<StoredEntity> List(SqliteSession session, EntityQuery query, string? token, int size)
    {
        var prefix = query.InstanceIdStartsWith ?? First;
        var found = new List<StoredEntity>();
        using var reader = session.Query(
            token is null ? FirstPage : NextPage, query.IncludeState ? 1 : 0, prefix, prefix == First ? End : prefix + Highest, token ?? prefix,
            query.LastModifiedFrom?.UtcTicks, query.LastModifiedTo?.UtcTicks, query.IncludeTransient ? 1 : 0, size);
        while (reader.Read())
        {
            found.Add(Read(reader));
        }

        return found;
    }

    private static StoredEntity Read(SqliteDataReader reader) => new(
        EntityInstanceId.FromString(reader.GetString(0)), reader.GetInt64(1), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.IsDBNull(4) ? null : reader.GetString(4));
}
