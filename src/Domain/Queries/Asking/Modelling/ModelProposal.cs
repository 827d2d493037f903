using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.Asking.Modelling;

/// <summary>What a model answered, as it wrote it.</summary>
internal sealed record ModelProposals
{
    public IReadOnlyList<ModelProposal> Queries { get; init; } = [];

    public IReadOnlyList<string> AskBack { get; init; } = [];

    public string? Remark { get; init; }

    /// <summary>Null when it is not of the form that was asked for.</summary>
    public static ModelProposals? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ModelProposals>(json, ToolJson.Options) is { Queries: not null, AskBack: not null } read
                && read.Queries.All(q => q is { Query: not null, Range: { From: not null, To: not null } }) && read.AskBack.All(a => a is not null)
                ? read
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record ModelProposal
{
    public required string Language { get; init; }

    public required string Query { get; init; }

    public required ModelRange Range { get; init; }

    public double? StepSeconds { get; init; }

    public string Purpose { get; init; } = "";

    public string Unit { get; init; } = "value";

    public double Confidence { get; init; } = 0.6;
}

/// <summary>"now", "now-24h", or a time as RFC 3339.</summary>
internal sealed record ModelRange
{
    public required string From { get; init; }

    public required string To { get; init; }

    private static readonly TimeSpan Near = TimeSpan.FromHours(1);

    /// <summary>The window at that time, or what is wrong.</summary>
    public (TimeWindow? Window, string? Problem) At(DateTimeOffset now)
    {
        if (Read(From, now) is not { } from || Read(To, now) is not { } to)
        {
            return (null, "range.from and range.to must be \"now\", \"now-24h\" (s, m, h, d, w) or RFC 3339");
        }

        return from > to ? (null, "range.from is after range.to")
            : from < now.AddYears(-10) || to > now.AddDays(1) ? (null, "the range is more than ten years ago or in the future")
            : (new TimeWindow(from, to), null);
    }

    /// <summary>Whether the same words are right an hour later: relative, or so long ago that they do not mean "until now".</summary>
    public bool StaysRight(DateTimeOffset now) => Stays(From, now) && Stays(To, now);

    private static bool Stays(string text, DateTimeOffset now) => IsRelative(text) || (Read(text, now) is { } at && at < now - Near);

    private static bool IsRelative(string text) => text.StartsWith("now", StringComparison.Ordinal);

    private static DateTimeOffset? Read(string text, DateTimeOffset now)
    {
        if (IsRelative(text))
        {
            var rest = text.AsSpan(3).Trim();
            return rest.IsEmpty ? now
                : rest[0] == '-' && QueryDuration.TryParse(rest[1..].Trim(), out var milliseconds, out _) && milliseconds < 10L * 366 * 86_400_000 ? now - TimeSpan.FromMilliseconds(milliseconds)
                : null;
        }

        return text.Length is > 9 and < 40 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;
    }
}
