using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Configuration;

namespace Nightwatch.Adapters.ConfigurationFiles;

/// <summary>
/// A configuration file that may be edited while the program runs. It must be right when the program starts; a later mistake is logged once and what was
/// right before goes on to hold. The file is looked at again at most every few seconds.
/// </summary>
/// <param name="changed">Called with the path when another version of the file begins to hold.</param>
internal sealed partial class ReloadedFile<T>(string path, Func<string, Configured<T>> parse, Action<string> changed, TimeProvider time, ILogger logger)
    where T : class
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private const int MaxBytes = 1024 * 1024;

    private readonly Lock gate = new();
    private T? value;
    private DateTime writtenAt;
    private long lookedAt;

    /// <exception cref="ConfigurationFileException">The first reading found a mistake.</exception>
    public T Current
    {
        get
        {
            lock (gate)
            {
                if (value is null || time.GetElapsedTime(lookedAt) > LookEvery)
                {
                    lookedAt = time.GetTimestamp();
                    Look();
                }

                return value!;
            }
        }
    }

    private void Look()
    {
        var written = File.GetLastWriteTimeUtc(path);
        if (value is not null && written == writtenAt)
        {
            return;
        }

        writtenAt = written;
        var (read, problem) = Read();
        if (read is not null)
        {
            var isChange = value is not null;
            value = read;
            if (isChange)
            {
                changed(path);
            }
        }
        else if (value is null)
        {
            throw new ConfigurationFileException($"{path}: {problem}");
        }
        else
        {
            LogKept(logger, path, problem);
        }
    }

    private (T? Value, string Problem) Read()
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                return (null, $"the file is larger than {MaxBytes} bytes");
            }

            var configured = parse(File.ReadAllText(path));
            return (configured.Value, string.Join("; ", configured.Problems));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} was changed and is not right; what was read before still holds. {Problem}")]
    private static partial void LogKept(ILogger logger, string path, string problem);
}

/// <summary>A configuration file cannot be read or is wrong; the message names the file, the line and the fix.</summary>
public sealed class ConfigurationFileException : Exception
{
    public ConfigurationFileException()
    {
    }

    public ConfigurationFileException(string message)
        : base(message)
    {
    }

    public ConfigurationFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
