namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>Where the browser goes after a sign-in: a path of our own, whatever the link said.</summary>
public static class ReturnPath
{
    public const string Home = "/";

    private const int MaxLength = 1024;

    /// <summary>
    /// True for `/a/path?with=query`. Browsers read `//host`, `/\host` and a path with tabs or line ends in it as another site's address, so none of those
    /// passes; nor does anything beyond printable ASCII.
    /// </summary>
    public static bool IsLocal(string path) =>
        path.Length is > 0 and <= MaxLength
        && path[0] == '/'
        && (path.Length == 1 || path[1] is not ('/' or '\\'))
        && path.All(c => c is > ' ' and <= '~' and not ('\\' or '"' or '<' or '>'));
}
