using Microsoft.Data.Sqlite;

namespace Nightwatch.Sqlite;

/// <summary>A connection with its prepared statements. Not for two threads at once.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);

    public SqliteConnection Connection { get; } = connection;

    public static SqliteSession Open(string path) => new(SystemSqlite.Open(path));

    public static SqliteSession OpenToRead(string path) => new(SystemSqlite.OpenToRead(path));

    /// <summary>Runs a statement; parameters are bound by position to $1, $2, ... Returns the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> parameters) => Prepare(sql, parameters).ExecuteNonQuery();

    public object? Scalar(string sql, params ReadOnlySpan<object?> parameters)
    {
        var value = Prepare(sql, parameters).ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>The reader must be disposed before the same statement runs again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> parameters) => Prepare(sql, parameters).ExecuteReader();

    public void Dispose()
    {
        foreach (var command in prepared.Values)
        {
            command.Dispose();
        }

        prepared.Clear();
        Connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> parameters)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < parameters.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = "$" + (i + 1) });
            }

            prepared.Add(sql, command);
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = parameters[i] ?? DBNull.Value;
        }

        return command;
    }
}
