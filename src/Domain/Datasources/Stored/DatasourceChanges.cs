namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>What a change touched, by the names of fields: a record of it tells nobody a value.</summary>
internal static class DatasourceChanges
{
    public static IReadOnlyList<string> Between(Datasource? before, Datasource after, IEnumerable<string> newCredentials)
    {
        var changed = new List<string>();
        Add("type", before?.Type != after.Type);
        Add("url", before?.Url != after.Url);
        Add("externalUrl", before?.ExternalUrl != after.ExternalUrl);
        Add("auth", (before?.Auth ?? DatasourceAuth.Nobody) != after.Auth);
        Add("orgId", before?.OrgId != after.OrgId);
        Add("caCertificate", before?.CaCertificate != after.CaCertificate);
        Add("timeoutSeconds", before is not null && before.TimeoutSeconds != after.TimeoutSeconds);
        Add("maxAnswerMegabytes", before is not null && before.MaxAnswerMegabytes != after.MaxAnswerMegabytes);
        Add("through", before?.Through != after.Through);
        Add("labels", !Same(before?.Labels ?? new Dictionary<string, string>(), after.Labels));
        changed.AddRange(newCredentials.Select(c => $"auth.{c}"));
        changed.AddRange((before?.Credentials.Keys ?? []).Except(after.Credentials.Keys).Select(c => $"auth.{c} removed"));
        return changed;

        void Add(string name, bool differs)
        {
            if (differs)
            {
                changed.Add(name);
            }
        }
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(o => other.TryGetValue(o.Key, out var value) && value == o.Value);
}
