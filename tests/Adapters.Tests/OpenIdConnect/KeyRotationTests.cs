using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.OpenIdConnect;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.OpenIdConnect;

/// <summary>Keys come and go, and so does the provider: against one over HTTP, with a clock that the test moves.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private OpenIdProvider provider = null!;
    private ITokenVerifier verifier = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        provider = await OpenIdProvider.StartAsync(Stop);
        provider.Time = time;
        verifier = Trust.Verifier(Trust.Settings(provider), time);
    }

    public async ValueTask DisposeAsync() => await provider.DisposeAsync();

    [Fact]
    public async Task Verify_ManyTokensAtOnce_ReadTheKeysOnce()
    {
        var token = provider.AccessToken();
        provider.Faults.Hold();
        var all = Enumerable.Range(0, 50).Select(_ => verifier.AcceptedAsync(token)).ToList();
        provider.Faults.Release();
        await Task.WhenAll(all);

        Assert.Equal(1, provider.KeyReads);
    }

    [Fact]
    public async Task Verify_AfterARotation_ReadsTheKeysAgainAndForgetsTheOldOne()
    {
        var old = provider.AccessToken();
        await verifier.AcceptedAsync(old);
        provider.RotateKeys();
        await verifier.AcceptedAsync(provider.AccessToken());

        Assert.Equal(2, provider.KeyReads);
        Assert.Contains("does not publish", await verifier.RefusedAsync(old), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ManyUnknownKeys_ReadTheKeysOnceAMinute()
    {
        await verifier.AcceptedAsync(provider.AccessToken());
        for (var i = 0; i < 200; i++)
        {
            await verifier.RefusedAsync(Stranger($"unknown-{i}"));
            time.Advance(TimeSpan.FromSeconds(0.5));
        }

        // 100 seconds: one at once and one after a minute, beside the first of all.
        Assert.Equal(3, provider.KeyReads);
    }

    [Fact]
    public async Task Verify_CallerWhoHangsUp_DoesNotSpoilTheReadingForOthers()
    {
        await verifier.AcceptedAsync(provider.AccessToken());
        provider.RotateKeys();
        provider.Faults.Hold();
        using var hangsUp = new CancellationTokenSource();
        var gone = verifier.VerifyAsync(Stranger("unknown"), hangsUp.Token);
        await hangsUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        var waiting = verifier.AcceptedAsync(provider.AccessToken());
        provider.Faults.Release();

        await waiting;
    }

    [Fact]
    public async Task Verify_ProviderIsDown_KeepsTheLastGoodKeysForADay()
    {
        await verifier.AcceptedAsync(provider.AccessToken());
        provider.Faults.Down = true;
        time.Advance(PublishedKeys.GoodFor - TimeSpan.FromMinutes(1));
        await verifier.AcceptedAsync(provider.AccessToken());
        time.Advance(TimeSpan.FromMinutes(1));
        var verdict = await verifier.VerifyAsync(provider.AccessToken(), Stop);

        Assert.Equal(RefusalKind.Unavailable, verdict.Refusal!.Kind);

        provider.Faults.Down = false;
        time.Advance(PublishedKeys.LeastInterval);
        await verifier.AcceptedAsync(provider.AccessToken());
    }

    [Fact]
    public async Task Verify_ADayLater_ReadsTheKeysAgainWithoutMakingAnybodyWait()
    {
        await verifier.AcceptedAsync(provider.AccessToken());
        time.Advance(PublishedKeys.RefreshAfter);
        provider.Faults.Hold();
        await verifier.AcceptedAsync(provider.AccessToken());
        provider.Faults.Release();

        await Eventually.TrueAsync(() => provider.KeyReads == 2, "the keys are read again");
    }

    [Fact]
    public async Task Verify_ProviderWasNeverReached_IsUnavailableAndTriesAgainSoon()
    {
        provider.Faults.Down = true;
        Assert.Equal(RefusalKind.Unavailable, (await verifier.VerifyAsync(provider.AccessToken(), Stop)).Refusal!.Kind);
        provider.Faults.Down = false;
        // Not each request may knock at a door that is shut.
        Assert.Equal(RefusalKind.Unavailable, (await verifier.VerifyAsync(provider.AccessToken(), Stop)).Refusal!.Kind);
        time.Advance(PublishedKeys.LeastIntervalWithout);

        await verifier.AcceptedAsync(provider.AccessToken());
    }

    public static TheoryData<string> BadDocuments => ["huge", "issuer", "slash", "keys-elsewhere", "keys-with-user", "keys-no-url", "no-good-key"];

    [Theory]
    [MemberData(nameof(BadDocuments))]
    public async Task Verify_DocumentsThatAreNotGood_GiveNoKeys(string fault)
    {
        var faults = provider.Faults;
        faults.HugeAnswers = fault == "huge";
        faults.DiscoveryIssuer = fault switch { "issuer" => "https://other.example", "slash" => provider.Issuer + "/", _ => null };
        faults.KeysUrl = fault switch
        {
            "keys-elsewhere" => "http://keys.example/keys",
            "keys-with-user" => provider.Issuer.Replace("http://", "http://user:password@", StringComparison.Ordinal) + "/keys",
            "keys-no-url" => "file:///etc/passwd",
            _ => null,
        };
        if (fault == "no-good-key")
        {
            // Two keys of one name: nobody knows which is meant.
            using var twin = TokenSigner.Rsa(provider.Signer.KeyId);
            provider.OtherKeys.Add(twin.ToWebKey());
        }

        Assert.Equal(RefusalKind.Unavailable, (await verifier.VerifyAsync(provider.AccessToken(), Stop)).Refusal!.Kind);
    }

    [Fact]
    public async Task Authorize_Provider_GetsChallengeStateAndNonceAndNoSecret()
    {
        var settings = Trust.Settings(provider);
        settings["SIGNIN:test:CLIENT_SECRET"] = "the-secret";
        settings["SIGNIN:test:SCOPES"] = "openid,profile";
        var providers = Trust.Build(settings, time).GetRequiredService<ISignInProviders>();
        var address = await providers.AuthorizeAsync("test", new AuthorizeRequest(new Uri("https://nightwatch.example/api/sign-in/callback"), "s t&a", "n", "c"), Stop);

        Assert.StartsWith(provider.Issuer + "/authorize?", address.Url!.AbsoluteUri, StringComparison.Ordinal);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Url.Query);
        Assert.Equal(
            ["client_id=nightwatch-page", "code_challenge=c", "code_challenge_method=S256", "nonce=n", "redirect_uri=https://nightwatch.example/api/sign-in/callback", "response_type=code", "scope=openid profile", "state=s t&a"],
            query.Select(p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal));
        Assert.DoesNotContain("the-secret", address.Url.AbsoluteUri, StringComparison.Ordinal);
    }

    private string Stranger(string keyId)
    {
        var parts = provider.AccessToken().Split('.');
        return $"{TokenSigner.Encode(provider.Signer.Header(keyId: keyId))}.{parts[1]}.{parts[2]}";
    }
}
