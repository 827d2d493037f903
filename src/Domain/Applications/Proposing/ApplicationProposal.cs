namespace Nightwatch.Domain.Applications.Proposing;

/// <summary>What a profile is wished for.</summary>
public sealed record ProposalWish
{
    /// <summary>What people call the application; the source may spell it in another way.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name of a metric source; the default one when left out.</summary>
    public string? Datasource { get; init; }
}

/// <summary>A profile that a source's metrics suggest. It is stored nowhere.</summary>
/// <param name="Because">Why each part is there, by the part's path.</param>
/// <param name="Notes">What the source said beside its answer, and what was left out.</param>
public sealed record ApplicationProposal(ApplicationProfile Profile, IReadOnlyList<ProposalReason> Because, string Datasource, IReadOnlyList<string> Notes);

public sealed record ProposalReason(string Field, string Because);

public enum ProposalVerdict
{
    Proposed,
    BadName,

    /// <summary>There is no metric source, none of that name, or none that the caller may look around in.</summary>
    NoSource,
    SourceFailed,

    /// <summary>The source has nothing of that name; <see cref="ProposalOutcome.Names"/> has the closest.</summary>
    NoMatch,
}

/// <summary>The proposal, or why there is none, in words for the one who asked.</summary>
public sealed record ProposalOutcome(ProposalVerdict Verdict, ApplicationProposal? Proposal, string Message, IReadOnlyList<string> Names)
{
    internal static ProposalOutcome Not(ProposalVerdict verdict, string message, params IReadOnlyList<string> names) => new(verdict, null, message, names);
}
