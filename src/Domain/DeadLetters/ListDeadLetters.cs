using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.DeadLetters;

/// <summary>A letter with what it said. The body is as it came: mask it before it is shown.</summary>
public sealed record DeadLetterView(DeadLetter Letter, string Body, bool IsBinary);

/// <summary>Letters for people. They speak of whole queues: a caller whose permission is limited to a part of the tenant sees none.</summary>
public sealed class ListDeadLetters(IDocuments<DeadLetter> letters, IDocuments<DeadLetterBody> bodies)
{
    private static readonly DeadLetterState[] Undecided = [DeadLetterState.Waiting, DeadLetterState.Unsendable];

    public static bool IsOpenTo(Caller caller) => caller.MayEverywhere(Permission.ManageAlerts);

    /// <summary>The latest first.</summary>
    /// <param name="pageSize">1 to 1000.</param>
    /// <exception cref="ArgumentException">The page size or the token is not acceptable.</exception>
    public async Task<Listing<DeadLetter>> ListAsync(
        Caller caller, string? queue, DeadLetterState? state, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        ListArguments.Check(pageSize);
        if (!IsOpenTo(caller))
        {
            return new Listing<DeadLetter>([], null);
        }

        var query = QueryOf(queue, state) with { Descending = true, PageSize = pageSize, ContinuationToken = continuationToken };
        var page = await letters.QueryAsync(caller.Tenant, query, cancellationToken);
        return new Listing<DeadLetter>([.. page.Documents.Select(d => d.Value)], page.ContinuationToken);
    }

    public async Task<DeadLetterView?> ReadAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        if (!IsOpenTo(caller) || await letters.ReadAsync(caller.Tenant, id, cancellationToken) is not { } letter)
        {
            return null;
        }

        var body = (await bodies.ReadAsync(caller.Tenant, id, cancellationToken))?.Value;
        return new DeadLetterView(letter.Value, body?.Text ?? "", body?.IsBinary ?? false);
    }

    /// <summary>How many letters nobody has decided about, counted up to <paramref name="most"/> (1 to 1000).</summary>
    public async Task<int> CountUndecidedAsync(string tenant, int most, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var state in Undecided)
        {
            count += (await letters.QueryAsync(tenant, QueryOf(null, state) with { PageSize = most }, cancellationToken)).Documents.Count;
        }

        return Math.Min(count, most);
    }

    internal static DocumentQuery QueryOf(string? queue, DeadLetterState? state)
    {
        var where = new List<FieldFilter>();
        ListArguments.AddEqual(where, "queue", queue);
        ListArguments.AddEqual(where, "state", state is { } wanted ? DeadLetter.NameOf(wanted) : null);
        return new DocumentQuery { Where = where, OrderBy = "deadLetteredAt" };
    }
}
