namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>For whom the cache is asked.</summary>
public enum CacheUse
{
    /// <summary>A person: a value within its time to live, and an old one with a mark when the source is down.</summary>
    Person,

    /// <summary>
    /// An investigation or another judgement of Nightwatch's own: only what is settled or does not bear on a verdict, never an old value. A gap is evidence; a
    /// number of ten seconds before the alert is none.
    /// </summary>
    Judgement,
}

/// <summary>A source that answers out of the cache where it may.</summary>
public interface ICachedSource<out T>
    where T : class, IDatasource
{
    /// <summary>The same source for Nightwatch's own judgements, see <see cref="CacheUse.Judgement"/>.</summary>
    T ForJudgement { get; }
}

public static class CachedSources
{
    /// <summary>The source as this caller is to ask it.</summary>
    public static T For<T>(this T source, Governance.Access.Caller caller)
        where T : class, IDatasource =>
        caller.Kind == Governance.Access.CallerKind.System && source is ICachedSource<T> cached ? cached.ForJudgement : source;
}

/// <summary>What decides how long a value is kept.</summary>
internal enum CacheKind
{
    /// <summary>A number or a line that cannot change any more.</summary>
    Settled,

    /// <summary>What touches the present.</summary>
    Present,

    /// <summary>Names, types, labels, dashboards.</summary>
    Metadata,

    /// <summary>Metadata that a verdict may rest on (rules, what exists now): Nightwatch's own judgements ask for it anew.</summary>
    Rules,
}
