namespace Nightwatch.Domain.Governance.Masking;

/// <summary>A part of a text that holds a value of one class.</summary>
/// <param name="Label">The name of the custom pattern that found it, otherwise null.</param>
internal readonly record struct Finding(int Start, int End, SensitiveData Kind, string? Label);

/// <summary>What the detectors found in one block. It allocates with the first finding only.</summary>
internal ref struct Findings(SensitiveData wanted)
{
    private List<Finding>? all;

    /// <summary>The block was searched as a Kubernetes Secret; once is enough.</summary>
    public bool SearchedAsSecret { get; set; }

    public readonly bool Any => all is not null;

    public readonly bool Wants(SensitiveData kind) => (wanted & kind) != 0;

    public void Add(int start, int length, SensitiveData kind, string? label = null)
    {
        if (length > 0 && Wants(kind))
        {
            (all ??= []).Add(new Finding(start, start + length, kind, label));
        }
    }

    /// <summary>In order and apart: what overlaps becomes one, and a credential in it decides the class.</summary>
    public readonly List<Finding> Merge()
    {
        var merged = new List<Finding>(all!.Count);
        all.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        foreach (var finding in all)
        {
            if (merged.Count > 0 && merged[^1] is var last && finding.Start < last.End)
            {
                // user:secret@host.com looks like an address from the secret on: of it, only the secret is hidden.
                var (isNew, isOld) = ((finding.Kind & SensitiveData.Credentials) != 0, (last.Kind & SensitiveData.Credentials) != 0);
                merged[^1] = isNew == isOld ? last with { End = Math.Max(last.End, finding.End) } : isNew ? finding with { Start = Math.Min(finding.Start, last.Kind == SensitiveData.Email ? finding.Start : last.Start) } : last;
            }
            else
            {
                merged.Add(finding);
            }
        }

        return merged;
    }
}
