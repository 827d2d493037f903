namespace Nightwatch.Domain.Incidents;

/// <summary>Finds facets that can be related at all, so that a storm of unrelated alerts is not compared pair by pair.</summary>
/// <remarks>Holds every key that <see cref="Affinity"/> can reach its threshold by: a shared service, peer, host or group, or the namespace.</remarks>
internal sealed class FacetIndex<T>
{
    private readonly Dictionary<string, List<(AlertFacet Facet, T Item)>> entries = new(StringComparer.Ordinal);

    public void Add(AlertFacet facet, T item)
    {
        foreach (var key in Keys(facet))
        {
            if (!entries.TryGetValue(key, out var list))
            {
                entries[key] = list = [];
            }

            list.Add((facet, item));
        }
    }

    /// <summary>Candidates in the order in which they were added, per key; one that shares several keys comes several times.</summary>
    public IEnumerable<(AlertFacet Facet, T Item)> Find(AlertFacet facet)
    {
        foreach (var key in Keys(facet))
        {
            if (entries.TryGetValue(key, out var list))
            {
                // By index: the caller may add while it reads.
                for (var i = 0; i < list.Count; i++)
                {
                    yield return list[i];
                }
            }
        }
    }

    private static IEnumerable<string> Keys(AlertFacet facet)
    {
        if (facet.Group is not null)
        {
            yield return "g:" + facet.Group;
        }

        foreach (var service in facet.Services)
        {
            yield return "s:" + service;
        }

        foreach (var peer in facet.Peers)
        {
            yield return "s:" + peer;
        }

        foreach (var host in facet.Hosts)
        {
            // A short name meets its full one.
            yield return char.IsAsciiDigit(host[0]) ? "h:" + host : "h:" + host.Split('.')[0];
        }

        if (facet.Namespace is not null)
        {
            yield return "n:" + facet.Namespace;
        }
    }
}
