using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Tests.Storage;

/// <summary>The kind of document that the contract suite stores.</summary>
public sealed record Note
{
    public required string Text { get; init; }

    public string? Color { get; init; }

    public long Size { get; init; }

    public double Score { get; init; }

    public bool Done { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public static DocumentType<Note> Type { get; } = new()
    {
        Name = "notes",
        Fields =
        [
            new("color", n => n.Color), new("size", n => n.Size), new("score", n => n.Score), new("done", n => n.Done), new("dueAt", n => n.DueAt),
        ],
        Indexes = [["color", "dueAt"], ["dueAt"], ["size"], ["score"], ["done", "size"]],
        ExpiresAt = n => n.ExpiresAt,
    };
}
