namespace Nightwatch.Support;

/// <summary>A directory of its own under the system's temporary folder, removed at the end.</summary>
public sealed class ScratchDirectory : IDisposable
{
    private const string SharedMemory = "/dev/shm";

    public ScratchDirectory()
        : this(Directory.CreateTempSubdirectory("nightwatch-").FullName)
    {
    }

    private ScratchDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>In memory where the system has such a folder: for tests that open thousands of files and ask nothing of the disk.</summary>
    public static ScratchDirectory InMemory() => Directory.Exists(SharedMemory)
        ? new ScratchDirectory(Directory.CreateDirectory($"{SharedMemory}/nightwatch-{Guid.NewGuid():N}").FullName)
        : new ScratchDirectory();

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A program that was just killed may still hold a file; the system cleans its temporary folder.
        }
    }
}
