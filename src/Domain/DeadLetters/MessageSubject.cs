namespace Nightwatch.Domain.DeadLetters;

/// <summary>What a queue's message is about, as far as it can be read: a dead letter may hold anything.</summary>
/// <param name="Tenant">As the message says; null when it says none.</param>
/// <param name="EpisodeIds">Alert episodes that it asks to be worked on.</param>
public sealed record MessageSubject(string? Tenant, IReadOnlyList<string> EpisodeIds)
{
    public static MessageSubject Unknown { get; } = new(null, []);
}

/// <summary>Reads the messages of the app's queues.</summary>
public interface IMessageReader
{
    /// <summary>Never throws: what cannot be read is about nothing.</summary>
    MessageSubject Read(string queue, string body);
}
