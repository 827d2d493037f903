using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Tests.Governance.Masking;

public sealed class NamedSecretTests
{
    private readonly TextMasker masker = new();

    [Theory]
    [InlineData("DB_PASSWORD={0}")]
    [InlineData("export API_TOKEN='{0}'")]
    [InlineData("spring.datasource.password = {0}")]
    [InlineData("clientSecret: \"{0}\",")]
    [InlineData("{{\"user\":\"ann\",\"accessToken\":\"{0}\"}}")]
    [InlineData("{{\\\"user\\\":\\\"ann\\\",\\\"password\\\":\\\"{0}\\\"}}")]
    [InlineData("<Password>{0}</Password>")]
    [InlineData("<wsse:Password>{0}</wsse:Password>")]
    [InlineData("<add key=\"SmtpPassword\" value=\"{0}\" />")]
    [InlineData("- name: DB_PASSWORD\n  value: {0}\n")]
    [InlineData("{{\"name\": \"API_SECRET\", \"value\": \"{0}\"}}")]
    [InlineData("GET /login?user=ann&password={0}&next=1 HTTP/1.1")]
    [InlineData("run --verbose --token {0} --dry-run")]
    [InlineData("run --api-key={0}")]
    [InlineData("$env:CLIENT_SECRET = \"{0}\"")]
    [InlineData("config[\"secret_key\"] = '{0}'")]
    [InlineData("getenv(\"API_TOKEN\", \"{0}\")")]
    [InlineData("auth_token := `{0}`")]
    [InlineData("'password' => '{0}',")]
    [InlineData("X-Api-Key: {0}")]
    [InlineData("X-Vault-Token: {0}")]
    [InlineData("Authorization: Token {0}")]
    [InlineData("curl -H \"Authorization: Bearer {0}\" http://x")]
    [InlineData("authorization=Splunk {0}")]
    [InlineData("Cookie: session={0}; theme=dark")]
    [InlineData("curl -u ann:{0} http://x")]
    [InlineData("curl --user 'ann:{0}' http://x")]
    [InlineData("mysql -u root -p{0} shop")]
    [InlineData("sshpass -p {0} ssh h")]
    [InlineData("Server=db;User Id=sa;Password={0};Encrypt=True")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={0};EndpointSuffix=x")]
    [InlineData("Endpoint=sb://b/;SharedAccessKeyName=Root;SharedAccessKey={0}")]
    [InlineData("https://a.blob.core.windows.net/c?sv=2024&sig={0}&se=1")]
    [InlineData("postgres://app:{0}@db:5432/shop")]
    [InlineData("https://{0}@github.com/a/b.git")]
    [InlineData("the password is {0}")]
    [InlineData("machine h login ann password {0}")]
    [InlineData("kubectl create secret generic db --from-literal=password={0}")]
    [InlineData("kind: Secret\ndata:\n  whatever: {0}\n")]
    [InlineData("data:\n  whatever: {0}\nkind: Secret")]
    [InlineData("apiVersion: v1\nkind: Secret\nstringData:\n  a.b: |\n    {0}\n  c: d\n")]
    [InlineData("{{\"kind\":\"Secret\",\"data\":{{\"whatever\":\"{0}\"}}}}")]
    [InlineData("BUNDLE_GEMS__EXAMPLE__COM: \"ann:{0}\"")]
    public void Mask_SecretInSyntax_IsGone(string form)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var secret = new Made(seed).Text(Made.Alnum, 24);
            var masked = masker.Mask(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, secret));

            Assert.DoesNotContain(secret[4..20], masked, StringComparison.Ordinal);
            Assert.Contains(TextMasker.Masked, masked, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("password=${DB_PASSWORD}")]
    [InlineData("password: {{ .Values.password }}")]
    [InlineData("password = request.getParameter(\"password\")")]
    [InlineData("password = var.db_password")]
    [InlineData("password: <your password>")]
    [InlineData("$password = $_POST['password'];")]
    [InlineData("token: xxxxxxxxxxxxxxxx")]
    [InlineData("Access denied for user 'root'@'h' (using password: YES)")]
    [InlineData("Failed password for invalid user admin from 10.0.0.1 port 22 ssh2")]
    [InlineData("the token expired at 12:00")]
    [InlineData("max_tokens: 40960000")]
    [InlineData("secretName: shop-db-credentials")]
    [InlineData("token_url: https://login.example/oauth/token")]
    [InlineData("PWD=/home/ann")]
    [InlineData("partition_key: order_2024_01_01_a1b2c3d4e5f6")]
    [InlineData("public_key = 9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit")]
    [InlineData("if (token == expected) return 1;")]
    [InlineData("curl -u \"$USER:$PASSWORD\" http://x")]
    [InlineData("kind: ExternalSecret\nspec:\n  data:\n  - secretKey: api-key\n")]
    public void Mask_NoSecretBehindName_IsLeft(string text) => Assert.Same(text, masker.Mask(text));

    [Fact]
    public void MaskValue_LabelOfMetric_IsMaskedByItsName()
    {
        Assert.Equal(TextMasker.Masked, masker.MaskValue("db_password", "hunter42"));
        Assert.Equal(TextMasker.Masked, masker.MaskValue("apiToken", new Made(1).Text(Made.Hex, 32)));
        Assert.Equal("+x", masker.MaskValue("phone", "+x"));
        Assert.Equal("[masked phone]", masker.MaskValue("phone", "030 1234567"));
        Assert.Equal("orders-7d9f8b6c5-x2x4z", masker.MaskValue("pod", "orders-7d9f8b6c5-x2x4z"));
        Assert.Equal("shop-db", masker.MaskValue("secret", "shop-db"));
    }
}
