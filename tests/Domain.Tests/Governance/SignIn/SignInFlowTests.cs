using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.SignIn;

public sealed class SignInFlowTests
{
    private static readonly Uri Redirect = new("https://nightwatch.example/api/sign-in/callback");

    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly InMemoryDocuments<SignInAttempt> attempts = new(SignInAttempt.Type);
    private readonly InMemoryDocuments<Session> documents = new(Session.Type);
    private readonly Provider provider = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SignInFlow Flow => new(attempts, provider, new Sessions(documents, time), time);

    [Fact]
    public async Task Finish_InTime_SendsTheVerifierAndNonceOfThisSignIn()
    {
        var start = await StartAsync();
        time.Advance(SignInAttempt.Limit - TimeSpan.FromSeconds(1));
        var result = await FinishAsync(start.BrowserSecret);

        Assert.Equal(("/here", null), (result.ReturnTo, result.Refusal));
        Assert.NotNull(await new Sessions(documents, time).FindAsync(result.SessionSecret!, Stop));
        Assert.Equal(provider.Asked!.CodeChallenge, Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(provider.Redeemed!.CodeVerifier))));
        Assert.Equal(provider.Asked.Nonce, provider.Redeemed.Nonce);
        Assert.Empty(attempts.All(SignInAttempt.Partition));
    }

    [Fact]
    public async Task Start_Twice_SharesNothing()
    {
        await StartAsync();
        var first = provider.Asked!;
        await StartAsync();
        var second = provider.Asked!;

        Assert.Equal(6, new[] { first.State, first.Nonce, first.CodeChallenge, second.State, second.Nonce, second.CodeChallenge }.Distinct().Count());
    }

    [Fact]
    public async Task Finish_TooLate_IsRefused()
    {
        var start = await StartAsync();
        time.Advance(SignInAttempt.Limit);

        await AssertRefusedAsync(start.BrowserSecret, "too old");
    }

    [Fact]
    public async Task Finish_TwiceAtOnce_OpensOneSession()
    {
        var start = await StartAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => FinishAsync(start.BrowserSecret), Stop)));

        Assert.Single(results, result => result.SessionSecret is not null);
        Assert.Single(documents.All(Session.Partition));
    }

    [Fact]
    public async Task Finish_AnotherBrowser_IsRefusedAndUsesNothingUp()
    {
        var start = await StartAsync();

        await AssertRefusedAsync(OpaqueSecret.Create(), "another browser");
        await AssertRefusedAsync(null, "did not begin");
        Assert.NotNull((await FinishAsync(start.BrowserSecret)).SessionSecret);
    }

    [Fact]
    public async Task Finish_WithAnErrorOrNoCode_IsRefusedAndTheStateIsUsed()
    {
        var start = await StartAsync();
        var denied = await Flow.FinishAsync(new ProviderAnswer(provider.Asked!.State, null, "access_denied\r\nforged line", null), start.BrowserSecret, Redirect, Stop);

        Assert.Equal("corp ended the sign-in: access_deniedforged line", denied.Refusal!.Reason);
        await AssertRefusedAsync(start.BrowserSecret, "unknown, used or too old");
    }

    [Fact]
    public async Task Start_ProviderIsDown_StoresNothing()
    {
        provider.Down = true;

        Assert.Equal(RefusalKind.Unavailable, (await StartAsync()).Refusal!.Kind);
        Assert.Empty(attempts.All(SignInAttempt.Partition));
    }

    private Task<SignInStart> StartAsync() => Flow.StartAsync("corp", "/here", Redirect, Stop);

    private Task<SignInResult> FinishAsync(string? browserSecret) => Flow.FinishAsync(new ProviderAnswer(provider.Asked!.State, "code", null, null), browserSecret, Redirect, Stop);

    private async Task AssertRefusedAsync(string? browserSecret, string why)
    {
        var result = await FinishAsync(browserSecret);
        Assert.Null(result.SessionSecret);
        Assert.Contains(why, result.Refusal!.Reason, StringComparison.Ordinal);
    }

    private sealed class Provider : ISignInProviders
    {
        public AuthorizeRequest? Asked { get; private set; }

        public CodeRedemption? Redeemed { get; private set; }

        public bool Down { get; set; }

        public IReadOnlyList<string> Names { get; } = ["corp"];

        public bool StillTrusts(string name, VerifiedIdentity identity) => true;

        public Task<AuthorizeAddress> AuthorizeAsync(string name, AuthorizeRequest request, CancellationToken cancellationToken)
        {
            Asked = request;
            return Task.FromResult(Down ? new AuthorizeAddress(null, Refusal.Down("down")) : new AuthorizeAddress(new Uri("https://login.example/authorize"), null));
        }

        public Task<TokenVerdict> RedeemAsync(string name, CodeRedemption redemption, CancellationToken cancellationToken)
        {
            Redeemed = redemption;
            return Task.FromResult(TokenVerdict.Of(new VerifiedIdentity
            {
                Issuer = "https://login.example",
                Subject = "ada",
                Name = "Ada",
                AuthenticatedAt = DateTimeOffset.UnixEpoch,
                ExpiresAt = DateTimeOffset.UnixEpoch,
            }));
        }
    }
}
