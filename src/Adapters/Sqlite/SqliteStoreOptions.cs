namespace Nightwatch.Adapters.Sqlite;

public sealed class SqliteStoreOptions
{
    /// <summary>Folder of the store; created when it is missing.</summary>
    public string Directory { get; set; } = Path.Combine(".nightwatch", "state");

    public string File => Path.Combine(Directory, "documents.db");
}
