namespace Nightwatch.Support;

/// <summary>Where things are in this checkout.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Programs that <c>./nightwatch tools</c> unpacked: usr/bin/prometheus, node_modules/.bin/azurite, ...</summary>
    public static string Tools { get; } = Path.Combine(Root, ".nightwatch", "tools");

    /// <summary>Public measures beside the repository, or null where they are not.</summary>
    public static string? Bench
    {
        get
        {
            var path = Path.GetFullPath(Path.Combine(Root, "..", "shared", "bench"));
            return Directory.Exists(path) ? path : null;
        }
    }

    public static string Tool(string relativePath)
    {
        var path = Path.Combine(Tools, relativePath);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing. Run ./nightwatch tools first.");
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Serverless.sln")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException("Serverless.sln was not found above " + AppContext.BaseDirectory);
    }
}
