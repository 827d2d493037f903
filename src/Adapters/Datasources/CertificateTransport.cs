using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources.Stored;

namespace Nightwatch.Adapters.Datasources;

/// <summary>Connections that show a client certificate, trust an authority of the owner's, or both. Disposing of it lets go of the key, too.</summary>
internal sealed class CertificateTransport : HttpMessageInvoker
{
    private readonly HttpMessageInvoker inner;
    private readonly List<X509Certificate2> certificates;

    private CertificateTransport(HttpMessageInvoker inner, List<X509Certificate2> certificates)
        : base(new Passing(inner), disposeHandler: true)
    {
        this.inner = inner;
        this.certificates = certificates;
    }

    /// <summary>Null for one that has neither, and shares the connections of all.</summary>
    public static CertificateTransport? For(IServiceProvider services, OpenedDatasource datasource)
    {
        var certificate = datasource.Credentials.GetValueOrDefault(DatasourceCredentials.Certificate)?.Reveal();
        var key = datasource.Credentials.GetValueOrDefault(DatasourceCredentials.PrivateKey)?.Reveal();
        var authority = datasource.Settings.CaCertificate;
        if ((certificate is null || key is null) && authority is null)
        {
            return null;
        }

        var certificates = new List<X509Certificate2>();
        var inner = SourceHttpExtensions.OwnTransport(services, ssl =>
        {
            if (certificate is not null && key is not null)
            {
                ssl.ClientCertificateContext = ContextOf(certificate, key, certificates);
            }

            if (authority is not null)
            {
                ssl.CertificateChainPolicy = PolicyOf(authority, certificates);
            }
        });
        return new CertificateTransport(inner, certificates);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            inner.Dispose();
            certificates.ForEach(c => c.Dispose());
        }
    }

    /// <summary>The certificate with its key, and the further ones of the PEM as its chain. No network is asked for more of it.</summary>
    private static SslStreamCertificateContext ContextOf(string pem, string key, List<X509Certificate2> certificates)
    {
        var own = X509Certificate2.CreateFromPem(pem, key);
        certificates.Add(own);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(pem);
        certificates.AddRange(chain);
        chain.RemoveAt(0);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    /// <summary>Trusts the given authority alone. Names and times are judged as ever; revocation is not asked for, since it would ask hosts of its own.</summary>
    private static X509ChainPolicy PolicyOf(string pem, List<X509Certificate2> certificates)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPem(pem);
        certificates.AddRange(policy.CustomTrustStore);
        return policy;
    }

    private sealed class Passing(HttpMessageInvoker inner) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => inner.SendAsync(request, cancellationToken);
    }
}
