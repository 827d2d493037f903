using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.Access;

public sealed class ServiceTokensTests
{
    private static readonly NewServiceToken Wish = new() { Name = "ci", Permissions = ["ingest:alerts"], ExpiresInDays = 2 };

    private readonly InMemoryDocuments<ServiceToken> documents = new(ServiceToken.Type);
    private readonly ManualTime time = new(DateTimeOffset.Parse("2026-11-21T03:00:00Z", CultureInfo.InvariantCulture));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ServiceTokens Tokens => new(documents, time);

    [Fact]
    public async Task Find_TokenThatWasMade_IsFoundUntilItIsOver()
    {
        var made = await Tokens.CreateAsync(Callers.Everything("acme"), Wish, Cancel);

        Assert.Equal(made.Stored!.Id, (await Tokens.FindAsync(made.Token!, Cancel))?.Id);
        time.Advance(TimeSpan.FromDays(2));
        Assert.Null(await Tokens.FindAsync(made.Token!, Cancel));
    }

    [Fact]
    public async Task Find_RevokedToken_IsNotFoundAtOnce()
    {
        var by = Callers.Everything("acme");
        var made = await Tokens.CreateAsync(by, Wish, Cancel);

        var revoked = await Tokens.RevokeAsync(by, made.Stored!.Id, Cancel);

        Assert.NotNull(revoked!.RevokedAt);
        Assert.Null(await Tokens.FindAsync(made.Token!, Cancel));
    }

    [Fact]
    public async Task Find_AnythingElse_IsNotFound()
    {
        var made = (await Tokens.CreateAsync(Callers.Everything("acme"), Wish, Cancel)).Token!;

        Assert.All(
            [
                "", "nwt_", made[..^1], made + "0", made.Replace("acme", "beta", StringComparison.Ordinal), made.ToUpperInvariant(),
                made[..^1] + (made[^1] == '0' ? '1' : '0'), ServiceTokenText.Create("acme").Text, new string('_', 300),
            ],
            text => Assert.Null(Tokens.FindAsync(text, Cancel).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task Create_Stored_HoldsNoToken()
    {
        var made = await Tokens.CreateAsync(Callers.Everything("acme"), Wish, Cancel);
        var stored = (await documents.ReadAsync("acme", made.Stored!.Id, Cancel))!.Value;

        Assert.DoesNotContain(made.Token!.Split('_')[^1], JsonSerializer.Serialize(stored), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_MoreThanOneHas_IsForbidden()
    {
        var by = Callers.With("acme", new Scope { Applications = ["orders"] }, Permission.ManageAccess, Permission.ReadMetrics);
        var own = new NewServiceToken { Name = "x", Permissions = ["read:metrics"], Scope = new Scope { Applications = ["orders"] } };

        Assert.NotNull((await Tokens.CreateAsync(by, own, Cancel)).Token);
        Assert.True((await Tokens.CreateAsync(by, own with { Scope = Scope.Everywhere }, Cancel)).IsForbidden);
        Assert.True((await Tokens.CreateAsync(by, own with { Permissions = ["read:logs"] }, Cancel)).IsForbidden);
        Assert.True((await Tokens.CreateAsync(by, own with { Permissions = ["admin"] }, Cancel)).IsForbidden);
    }

    [Theory]
    [InlineData("", "ingest:alerts", 2, "name")]
    [InlineData("ci", "ingest", 2, "permissions")]
    [InlineData("ci", "", 2, "permissions")]
    [InlineData("ci", "ingest:alerts", 0, "expiresInDays")]
    [InlineData("ci", "ingest:alerts", 367, "expiresInDays")]
    public async Task Create_WrongWish_NamesTheField(string name, string permission, int days, string field)
    {
        var wish = new NewServiceToken { Name = name, Permissions = permission.Length == 0 ? [] : [permission], ExpiresInDays = days };

        var outcome = await Tokens.CreateAsync(Callers.Everything("acme"), wish, Cancel);

        Assert.Equal((null, field), (outcome.Token, outcome.Field));
    }

    [Fact]
    public async Task ListAndRevoke_OfAnotherTenant_FindNothing()
    {
        var made = await Tokens.CreateAsync(Callers.Everything("acme"), Wish, Cancel);

        Assert.Empty((await Tokens.ListAsync(Callers.Everything("beta"), 10, null, Cancel)).Items);
        Assert.Null(await Tokens.RevokeAsync(Callers.Everything("beta"), made.Stored!.Id, Cancel));
        Assert.NotNull(await Tokens.FindAsync(made.Token!, Cancel));
    }
}
