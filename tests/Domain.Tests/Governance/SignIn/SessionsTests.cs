using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.SignIn;

public sealed class SessionsTests
{
    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly InMemoryDocuments<Session> documents = new(Session.Type);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Sessions Sessions => new(documents, time);

    [Fact]
    public async Task Find_InAnotherProcess_GivesTheIdentity()
    {
        var secret = await OpenAsync("ada");
        var found = await new Sessions(documents, time).FindAsync(secret, Stop);

        Assert.Equal("ada", found!.Identity.Subject);
        Assert.Equal(time.GetUtcNow() + Session.AbsoluteLimit, found.IdentityNow().ExpiresAt);
    }

    [Fact]
    public async Task Open_Twice_GivesSecretsThatTheStoreDoesNotHold()
    {
        var one = await OpenAsync("ada");
        var two = await OpenAsync("ada");

        Assert.NotEqual(one, two);
        Assert.Equal(43, one.Length);
        Assert.Null(await documents.ReadAsync(Session.Partition, one, Stop));
        Assert.NotNull(await documents.ReadAsync(Session.Partition, OpaqueSecret.HashOf(one), Stop));
    }

    [Fact]
    public async Task Find_HashSentAsTheSecret_IsNothing()
    {
        var secret = await OpenAsync("ada");

        Assert.Null(await Sessions.FindAsync(OpaqueSecret.HashOf(secret), Stop));
        Assert.Null(await Sessions.FindAsync(secret + "A", Stop));
        Assert.Null(await Sessions.FindAsync("", Stop));
    }

    [Fact]
    public async Task Find_IdleForEightHours_IsOver()
    {
        var secret = await OpenAsync("ada");
        time.Advance(Session.IdleLimit - TimeSpan.FromSeconds(1));
        Assert.NotNull(await Sessions.FindAsync(secret, Stop));
        time.Advance(Session.IdleLimit - TimeSpan.FromSeconds(1));
        Assert.NotNull(await Sessions.FindAsync(secret, Stop));
        time.Advance(Session.IdleLimit);

        Assert.Null(await Sessions.FindAsync(secret, Stop));
    }

    [Fact]
    public async Task Find_UsedAllDay_IsOverAfterTwentyFourHours()
    {
        var secret = await OpenAsync("ada");
        for (var hour = 1; hour < 24; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            Assert.NotNull(await Sessions.FindAsync(secret, Stop));
        }

        time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await Sessions.FindAsync(secret, Stop));
    }

    [Fact]
    public async Task Find_ManyTimesWithinMinutes_WritesNothing()
    {
        var secret = await OpenAsync("ada");
        var before = (await documents.ReadAsync(Session.Partition, OpaqueSecret.HashOf(secret), Stop))!.ETag;
        for (var i = 0; i < 100; i++)
        {
            await Sessions.FindAsync(secret, Stop);
        }

        Assert.Equal(before, (await documents.ReadAsync(Session.Partition, OpaqueSecret.HashOf(secret), Stop))!.ETag);
    }

    [Fact]
    public async Task End_WhileAnotherProcessUsesIt_StaysEnded()
    {
        var secret = await OpenAsync("ada");
        time.Advance(TimeSpan.FromHours(1));
        await Sessions.EndAsync(secret, Stop);

        Assert.Null(await Sessions.FindAsync(secret, Stop));
        Assert.Empty(documents.All(Session.Partition));
    }

    [Fact]
    public async Task EndAll_OfAPerson_LeavesTheOthers()
    {
        for (var i = 0; i < 250; i++)
        {
            await OpenAsync("ada");
        }

        var other = await OpenAsync("grace");
        var ended = await Sessions.EndAllAsync(VerifiedIdentity.KeyOf("https://login.example", "ada"), Stop);

        Assert.Equal(250, ended);
        Assert.NotNull(await Sessions.FindAsync(other, Stop));
        Assert.Single(documents.All(Session.Partition));
    }

    private Task<string> OpenAsync(string subject) => Sessions.OpenAsync("corp", new VerifiedIdentity
    {
        Issuer = "https://login.example",
        Subject = subject,
        Name = subject,
        AuthenticatedAt = time.GetUtcNow(),
        ExpiresAt = time.GetUtcNow().AddMinutes(5),
    }, Stop);
}
