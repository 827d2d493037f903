namespace Nightwatch.Support;

/// <summary>A directory of its own under the system's temporary folder, removed at the end.</summary>
public sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("nightwatch-").FullName;

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
