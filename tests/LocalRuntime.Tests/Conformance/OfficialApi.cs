namespace Nightwatch.LocalRuntime.Tests.Conformance;

/// <summary>The lists of official public API, read from OfficialApi/*.txt: types with their base, interfaces and members.</summary>
internal sealed class OfficialApi
{
    private readonly Dictionary<string, OfficialType> types = new(StringComparer.Ordinal);

    public static OfficialApi Read(IEnumerable<string> lines)
    {
        var api = new OfficialApi();
        OfficialType? current = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                current?.Members.Add(line.Trim());
            }
            else if (line.Trim().Length > 0)
            {
                var colon = line.IndexOf(" : ", StringComparison.Ordinal);
                var heading = (colon < 0 ? line : line[..colon]).Trim();
                // Two assemblies may hold an extension class of one name; here its members are one set.
                if (!api.types.TryGetValue(heading, out current))
                {
                    current = new OfficialType();
                    api.types.Add(heading, current);
                }

                current.Bases.UnionWith(colon < 0 ? [] : Split(line[(colon + 3)..]));
            }
        }

        return api;
    }

    /// <summary>Everything about <paramref name="type"/> that the lists lack.</summary>
    public IEnumerable<string> Extras(Type type)
    {
        var heading = ApiListing.Heading(type);
        if (!types.TryGetValue(heading, out var official))
        {
            return [$"{heading}: no such official type"];
        }

        return ApiListing.Members(type).Where(member => !official.Members.Contains(member))
            .Concat(ApiListing.Interfaces(type).Append(ApiListing.Base(type)).OfType<string>().Where(name => !official.Bases.Contains(name)).Select(name => ": " + name))
            .Select(extra => $"{heading}: {extra}");
    }

    /// <summary>Members of official interfaces that ours lack: code that implements one would not compile against the official package.</summary>
    public IEnumerable<string> MissingFromInterface(Type type) => type.IsInterface && types.TryGetValue(ApiListing.Heading(type), out var official)
        ? official.Members.Except(ApiListing.Members(type)).Select(missing => $"{ApiListing.Heading(type)}: lacks {missing}")
        : [];

    private static IEnumerable<string> Split(string names)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < names.Length; i++)
        {
            depth += names[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (depth == 0 && names[i] == ',')
            {
                yield return names[start..i].Trim();
                start = i + 1;
            }
        }

        yield return names[start..].Trim();
    }

    private sealed class OfficialType
    {
        public HashSet<string> Members { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Bases { get; } = new(StringComparer.Ordinal);
    }
}
