using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>Who is to translate a question.</summary>
public enum TranslationMaker
{
    Rules,
    Model,
}

/// <summary>A question in plain words.</summary>
public sealed record AskedQuestion
{
    public const int MaxLength = 1_000;

    public string? Question { get; init; }

    /// <summary>IANA, such as Europe/Berlin; that of the earlier answer, or UTC, when left out.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Name of the source of metrics; the one of the application that is named, or the first, when left out.</summary>
    public string? Datasource { get; init; }

    /// <summary>Name of the source of logs; likewise.</summary>
    public string? Logs { get; init; }

    /// <summary>Id of an earlier answer to the same caller.</summary>
    public string? Follows { get; init; }

    /// <summary>False: queries are shown and not run.</summary>
    public bool? Run { get; init; }

    /// <summary>Id of the incident that is talked about; the latest one that the caller may see when left out.</summary>
    public string? Incident { get; init; }

    /// <summary>Null: the rules, and a model where they are unsure.</summary>
    public TranslationMaker? Use { get; init; }
}

public enum AnsweredStatus
{
    Success,
    NoData,
    Error,
    NotRun,
}

/// <summary>A query, who made it and how sure they were, and what it gave.</summary>
public sealed record AnsweredQuery
{
    /// <summary>promql or logql.</summary>
    public required string Language { get; init; }

    public required string Query { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    /// <summary>Seconds; null when the query is asked at its end, or gives lines.</summary>
    public int? Step { get; init; }

    /// <summary>Of lines: at most so many.</summary>
    public int? Limit { get; init; }

    public required string Purpose { get; init; }

    public required string Unit { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Confidence { get; init; }

    public required string Why { get; init; }

    /// <summary>"rules", or "model NAME".</summary>
    public required string MadeBy { get; init; }

    public string? Source { get; init; }

    public string? Link { get; init; }

    public required AnsweredStatus Status { get; init; }

    /// <summary>As the tool gives it: samples, series or lines, with the exact numbers.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>What the source said beside its answer, what was left out, or why it failed.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The result in words; every number in it is one of <see cref="Data"/>.</summary>
    public string? Summary { get; init; }
}

/// <param name="Kind">service, host, pod, ... as the question calls it.</param>
/// <param name="Known">Whether a source has it.</param>
public sealed record UnderstoodName(string Kind, string Value, bool Known);

/// <param name="Words">As the question says it; empty when it says none.</param>
public sealed record UnderstoodTime(DateTimeOffset From, DateTimeOffset To, string Words);

/// <summary>What a question was taken to mean.</summary>
public sealed record UnderstoodQuestion
{
    public required QuestionIntent Intent { get; init; }

    public required string Text { get; init; }

    public IReadOnlyList<UnderstoodName> Entities { get; init; } = [];

    /// <summary>The window of the main query.</summary>
    public UnderstoodTime? Time { get; init; }

    public UnderstoodTime? Baseline { get; init; }

    public required string TimeZone { get; init; }
}

/// <summary>The answer to a question.</summary>
public sealed record QuestionAnswer
{
    /// <summary>To follow it; kept for a day.</summary>
    public required string Id { get; init; }

    public required UnderstoodQuestion Understanding { get; init; }

    public IReadOnlyList<AnsweredQuery> Queries { get; init; } = [];

    /// <summary>Questions to choose from when this one may mean several things.</summary>
    public IReadOnlyList<Choice> Choices { get; init; } = [];

    /// <summary>What was taken for granted, or why there is no query.</summary>
    public string? Remark { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public required string Answer { get; init; }
}

/// <summary>The answer, or the field of the question that cannot be taken and why.</summary>
public sealed record AskOutcome(QuestionAnswer? Answer, string? Field = null, string? Problem = null)
{
    [JsonIgnore]
    public ToolFaultKind Kind { get; init; }
}

/// <summary>What a follow-up builds on. It holds no data of any source.</summary>
public sealed record StoredUnderstanding
{
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(24);

    public required string Id { get; init; }

    /// <summary>Subject of the one who asked, who alone may follow it.</summary>
    public required string Owner { get; init; }

    public required Understanding Understanding { get; init; }

    public required string TimeZone { get; init; }

    public string? Datasource { get; init; }

    public string? Logs { get; init; }

    public string? Incident { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public static DocumentType<StoredUnderstanding> Type { get; } = new() { Name = "understandings", ExpiresAt = u => u.ExpiresAt };
}
