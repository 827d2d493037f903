using System.Text;
using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>Makes an event fit to be stored: masked, one line each, bounded, and such that JSON gives back exactly what was put in.</summary>
public sealed class AuditText(IMasker masker, TimeProvider time)
{
    public const int MaxActor = 256;
    public const int MaxName = 128;
    public const int MaxTarget = 512;
    public const int MaxDetails = 24;
    public const int MaxDetailName = 64;
    public const int MaxDetailValue = 512;

    private const int MaxTenant = 128;
    private const int MaxAction = 64;

    /// <summary>Masking reads no more than this: far more than is kept, so that a secret cut by it is cut off with the rest.</summary>
    private const int MaxRead = 16 * 1024;

    /// <exception cref="ArgumentException">The tenant or the action is not acceptable.</exception>
    public AuditEvent Clean(AuditEvent audited)
    {
        if (audited.Tenant.Length is 0 or > MaxTenant)
        {
            throw new ArgumentException($"The tenant of an audit event must have 1 to {MaxTenant} characters.", nameof(audited));
        }

        if (audited.Action.Length is 0 or > MaxAction || !audited.Action.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_'))
        {
            throw new ArgumentException($"The action of an audit event must be dotted lower case, at most {MaxAction} characters; it is {audited.Action}.", nameof(audited));
        }

        return audited with
        {
            At = (audited.At ?? time.GetUtcNow()).ToUniversalTime(),
            Actor = Actor(audited.Actor),
            ActorName = Clean(audited.ActorName, MaxName),
            ActorKind = Clean(audited.ActorKind, MaxName),
            From = Clean(audited.From, MaxName),
            CorrelationId = Clean(audited.CorrelationId, MaxName),
            Target = Clean(audited.Target, MaxTarget),
            Details = Clean(audited.Details),
        };
    }

    /// <summary>
    /// An actor as it would be stored. Not masked: who did it has to be told, also where an issuer's ids are e-mail addresses, and no credential is an id.
    /// </summary>
    public static string Actor(string actor) => Line(WholeCharacters(actor), MaxActor);

    /// <summary>One text as it would be stored.</summary>
    public string Clean(string? text, int length) => string.IsNullOrEmpty(text) ? "" : Line(masker.Mask(Readable(text)), length);

    private Dictionary<string, string> Clean(IReadOnlyDictionary<string, string> details)
    {
        var clean = new Dictionary<string, string>(Math.Min(details.Count, MaxDetails), StringComparer.Ordinal);
        foreach (var (name, value) in details)
        {
            if (clean.Count == MaxDetails)
            {
                clean.Remove(clean.Keys.Last());
                clean["left_out"] = $"{details.Count - clean.Count} more";
                break;
            }

            clean[Clean(name, MaxDetailName)] = string.IsNullOrEmpty(value) ? "" : Line(masker.MaskValue(Readable(name), Readable(value)), MaxDetailValue);
        }

        return clean;
    }

    /// <summary>Lines stay for the masker, which knows keys that go over several.</summary>
    private static string Readable(string text) => CleanText.Lines(WholeCharacters(text.Length <= MaxRead ? text : text[..LastBreak(text)]));

    private static string Line(string text, int length) => CleanText.Cut(CleanText.Line(text), length);

    /// <summary>Half a surrogate pair would come back from the store as another character, and the record's code would not fit any more.</summary>
    private static string WholeCharacters(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return text;
        }

        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            whole.Append(rune.ToString());
        }

        return whole.ToString();
    }

    private static int LastBreak(string text)
    {
        var end = text.AsSpan(0, MaxRead).LastIndexOfAny(' ', '\n', '\t');
        return end > MaxRead / 2 ? end : MaxRead;
    }
}
