namespace Nightwatch.Domain.Datasources;

public enum SourceFailure
{
    /// <summary>Not reached, refused, or answered 5xx: trying again may help.</summary>
    Unavailable,

    /// <summary>No answer in time: trying again may help.</summary>
    Timeout,

    /// <summary>The source refused our credentials.</summary>
    Unauthorized,

    /// <summary>The source refused the request itself: trying again does not help.</summary>
    BadRequest,

    /// <summary>The answer was larger than the cap, or not of the documented form.</summary>
    BadAnswer,

    /// <summary>Our own guard did not let the request out: trying again does not help, an administrator may.</summary>
    NotAllowed,
}

/// <summary>A datasource failed. The message is the source's own, shortened; it never holds a credential.</summary>
public sealed class SourceException : Exception
{
    public SourceException()
    {
    }

    public SourceException(string message)
        : base(message)
    {
    }

    public SourceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public SourceException(SourceFailure failure, string source, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
        SourceName = source;
    }

    public SourceFailure Failure { get; }

    public string SourceName { get; } = "";
}
