using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>Opens the credentials of a stored datasource, and of the Grafana that it goes through.</summary>
public sealed class OpenDatasource(ISecretProtector protector)
{
    /// <param name="find">A datasource of the same tenant by its id.</param>
    public OpenedDatasource Open(string tenant, Datasource datasource, Func<string, Datasource?> find)
    {
        var opened = OpenOwn(tenant, datasource);
        if (datasource.Through is not { } through || ConfiguredIds.Is(through.Datasource))
        {
            return opened;
        }

        return find(through.Datasource) is { Type: DatasourceTypes.Grafana } grafana
            ? Through(opened, OpenOwn(tenant, grafana))
            : opened with { Problem = $"the Grafana that it goes through ({through.Datasource}) is not there" };
    }

    public IReadOnlyDictionary<string, string> Protect(string tenant, Datasource datasource, IReadOnlyDictionary<string, SecretText> credentials) =>
        credentials.ToDictionary(c => c.Key, c => protector.Protect(c.Value, datasource.ContextOf(tenant, c.Key)), StringComparer.Ordinal);

    public bool CanProtect => protector.CurrentKeyId is not null;

    private static OpenedDatasource Through(OpenedDatasource own, OpenedDatasource grafana) =>
        own with { Through = grafana, Problem = own.Problem ?? grafana.Problem };

    private OpenedDatasource OpenOwn(string tenant, Datasource datasource)
    {
        var credentials = new Dictionary<string, SecretText>(StringComparer.Ordinal);
        string? problem = null;
        foreach (var (name, envelope) in datasource.Credentials)
        {
            var opened = protector.Unprotect(envelope, datasource.ContextOf(tenant, name));
            if (opened.Text is { } text)
            {
                credentials[name] = text;
            }
            else
            {
                problem = opened.Outcome == SecretOutcome.UnknownKey
                    ? $"its stored {name} was encrypted with a key that is not configured any more; set it anew"
                    : $"its stored {name} is damaged or was made for another address; set it anew";
            }
        }

        return new OpenedDatasource { Tenant = tenant, Settings = datasource, Credentials = credentials, Problem = problem };
    }
}
