using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.Translation;

/// <summary>A query that answers a question or a part of it.</summary>
public sealed record ProposedQuery
{
    public const string PromQl = "promql";
    public const string LogQl = "logql";

    /// <summary>promql or logql.</summary>
    public required string Language { get; init; }

    public required string Text { get; init; }

    /// <summary>The kind of source to ask: prometheus or loki.</summary>
    public string SourceKind => Language == PromQl ? "prometheus" : "loki";

    /// <summary>With <see cref="Step"/> the range to draw; without it the query is asked at its end (for log lines, over it).</summary>
    public required TimeWindow Window { get; init; }

    /// <summary>Null: one value at the end of the window.</summary>
    public TimeSpan? Step { get; init; }

    /// <summary>For log lines: at most so many, newest first.</summary>
    public int? Limit { get; init; }

    /// <summary>What the query is to show, in words.</summary>
    public required string Purpose { get; init; }

    /// <summary>Of the values: seconds, bytes, ratio (0 to 1), percent, per_second, bytes_per_second, count, lines, ...</summary>
    public required string Unit { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>The template or metric it was made from and why that one.</summary>
    public required string Why { get; init; }
}

/// <summary>A meaning that the asker may have had. <see cref="Question"/> asks for it without doubt.</summary>
public sealed record Choice(string Label, string Question);

/// <summary>What became of a question.</summary>
public sealed record Translation
{
    public required Understanding Understanding { get; init; }

    /// <summary>The main answer first.</summary>
    public IReadOnlyList<ProposedQuery> Queries { get; init; } = [];

    /// <summary>Asked back when the question can mean several things, or names nothing that the sources know.</summary>
    public IReadOnlyList<Choice> Choices { get; init; } = [];

    /// <summary>Why there is no query, or what was taken for granted.</summary>
    public string? Remark { get; init; }

    public string MadeBy { get; init; } = "rules";
}
