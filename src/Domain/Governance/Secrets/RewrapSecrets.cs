using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Secrets;

/// <summary>What a pass over a tenant's documents did.</summary>
/// <param name="Rewrapped">Documents whose envelopes are of the current key now.</param>
/// <param name="Current">Documents that needed nothing.</param>
/// <param name="Unopened">Ids of documents with an envelope that no configured key opens, or that somebody changed: they are left as they are.</param>
/// <param name="Contended">Ids of documents that others kept changing; the next pass takes them.</param>
public sealed record RewrapReport(int Rewrapped, int Current, IReadOnlyList<string> Unopened, IReadOnlyList<string> Contended)
{
    /// <summary>Whether nothing of this tenant needs the previous keys any more.</summary>
    public bool Done => Unopened.Count == 0 && Contended.Count == 0;
}

/// <summary>
/// Moves a tenant's envelopes to the current key. Each document is replaced on the condition that nobody changed it, so that it may be stopped at any
/// moment, run again, and run by several processes at once: a document is of the old key or of the new one, and what a person sets meanwhile stays.
/// </summary>
public sealed partial class RewrapSecrets<T>(IDocuments<T> documents, ISecretProtector protector, ILogger<RewrapSecrets<T>> logger)
    where T : class, IHoldSecrets<T>
{
    private const int Tries = 5;

    private enum Step
    {
        Rewrapped,
        Current,
        Unopened,
        Contended,
    }

    public async Task<RewrapReport> RunAsync(string tenant, CancellationToken cancellationToken)
    {
        if (protector.CurrentKeyId is null)
        {
            throw new SecretsNotConfiguredException();
        }

        var (rewrapped, current) = (0, 0);
        List<string> unopened = [], contended = [];
        string? token = null;
        do
        {
            // By id: writing a document does not move it, so that no page misses one.
            var page = await documents.QueryAsync(tenant, new DocumentQuery { ContinuationToken = token }, cancellationToken).ConfigureAwait(false);
            foreach (var document in page.Documents)
            {
                switch (await RewrapAsync(document, cancellationToken).ConfigureAwait(false))
                {
                    case Step.Rewrapped: rewrapped++; break;
                    case Step.Current: current++; break;
                    case Step.Unopened: unopened.Add(document.Id); break;
                    default: contended.Add(document.Id); break;
                }
            }

            token = page.ContinuationToken;
        }
        while (token is not null);
        LogPass(rewrapped, current, unopened.Count, contended.Count);
        return new RewrapReport(rewrapped, current, unopened, contended);
    }

    private async Task<Step> RewrapAsync(Document<T> document, CancellationToken cancellationToken)
    {
        for (var tried = 0; tried < Tries; tried++)
        {
            var (step, changed) = Renew(document);
            if (changed is null)
            {
                return step;
            }

            var write = DocumentWrite<T>.Replace(document, changed);
            if ((await documents.WriteAsync(document.PartitionKey, write, cancellationToken).ConfigureAwait(false)).Written)
            {
                return Step.Rewrapped;
            }

            // Somebody else was faster: the other process with the same in mind, or a person with a new secret.
            if (await documents.ReadAsync(document.PartitionKey, document.Id, cancellationToken).ConfigureAwait(false) is not { } read)
            {
                return Step.Current;
            }

            document = read;
        }

        return Step.Contended;
    }

    private (Step Step, T? Changed) Renew(Document<T> document)
    {
        Dictionary<string, string>? renewed = null;
        var unopened = false;
        foreach (var (context, envelope) in document.Value.SecretsOf(document))
        {
            if (protector.KeyIdOf(envelope) is null)
            {
                unopened = true;
                continue;
            }

            if (!protector.NeedsRewrap(envelope))
            {
                continue;
            }

            if (protector.Unprotect(envelope, context).Text is { } text)
            {
                (renewed ??= new(StringComparer.Ordinal))[context.Field] = protector.Protect(text, context);
            }
            else
            {
                unopened = true;
            }
        }

        // All or nothing: half a document on the new key would hide the other half.
        return unopened ? (Step.Unopened, null) : renewed is null ? (Step.Current, null) : (Step.Rewrapped, document.Value.WithEnvelopes(renewed));
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Secrets moved to the current key: {Rewrapped} documents; {Current} were on it; {Unopened} cannot be opened; {Contended} are left for the next pass.")]
    private partial void LogPass(int rewrapped, int current, int unopened, int contended);
}
