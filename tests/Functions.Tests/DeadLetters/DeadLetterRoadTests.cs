using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Tests.Access;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.DeadLetters;

/// <summary>From a message that always fails to a person's decision, over HTTP and a real Azurite, with two processes on one store.</summary>
public sealed class DeadLetterRoadTests(TwoTenants tenants)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Poison_OfAlerts_IsListedWithItsReasonReadSentBackAndAudited()
    {
        using var client = await tenants.ClientAsync("two", Permission.ManageAlerts, Permission.ReadIncidents, Permission.ReadAudit);
        var message = Poison("password=hunter2secret");
        await tenants.Queue.SendAsync("alerts", message);

        var letter = await LetterAsync(client, message);

        var id = letter.GetProperty("id").GetString()!;
        Assert.Equal("MaxDeliveryCountExceeded", letter.GetProperty("reason").GetString());
        Assert.Contains("names no tenant or an episode without an id", letter.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(10, letter.GetProperty("deliveries").GetInt32());
        Assert.DoesNotContain("hunter2secret", letter.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", await client.GetStringAsync($"api/dead-letters/{id}", Stop), StringComparison.Ordinal);
        Assert.Equal("attention", (await client.GetFromJsonAsync<JsonElement>("api/health", Stop)).GetProperty("status").GetString());
        Assert.Contains("dead_letter", await client.GetStringAsync("api/findings?kind=dead_letter", Stop), StringComparison.Ordinal);

        // Sixteen callers, one message.
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.PostAsync($"api/dead-letters/{id}/redeliver", null, Stop)));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.StatusCode != HttpStatusCode.OK), a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));

        // It fails again, as another message: exactly one more letter.
        await Eventually.TrueAsync(async () => await tenants.Queue.CountAsync("alerts") == 0 && (await LettersAsync(client, message)).Count == 2, "one more letter");
        Assert.Equal(["redelivered", "waiting"], (await LettersAsync(client, message)).Select(l => l.GetProperty("state").GetString()).Order());
        Assert.Contains(id, await client.GetStringAsync("api/audit?action=dead_letter.redelivered", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decisions_OnALetter_AreRefusedAndRepeatedOnPurpose()
    {
        using var client = await tenants.ClientAsync("two", Permission.ManageAlerts);
        var message = Poison(Guid.NewGuid().ToString());
        await tenants.Queue.SendAsync("alerts", message);
        var id = (await LetterAsync(client, message)).GetProperty("id").GetString();

        using var dismissed = await client.DeleteAsync($"api/dead-letters/{id}", Stop);
        using var refused = await client.PostAsync($"api/dead-letters/{id}/redeliver", null, Stop);
        using var wrong = await client.PostAsync($"api/dead-letters/{id}/redeliver?again=yes", null, Stop);
        using var again = await client.PostAsync($"api/dead-letters/{id}/redeliver?again=true", null, Stop);
        using var late = await client.DeleteAsync($"api/dead-letters/{id}", Stop);

        Assert.Equal("dismissed", (await dismissed.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("again=true", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(1, (await again.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("redeliveries").GetInt32());
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        await Eventually.TrueAsync(async () => (await LettersAsync(client, message)).Count == 2, "it failed again");
    }

    [Fact]
    public async Task Batch_OfReconciliations_GoesBackAndIsDone()
    {
        // The queue's function takes any tenant that exists; this one fails until there are no more tries, since no store has a partition without a name.
        using var client = await tenants.ClientAsync("one", Permission.ManageAlerts);
        await tenants.Queue.SendAsync("reconcile", "");
        await Eventually.TrueAsync(async () => (await LettersAsync(client, null, "reconcile")).Count == 1, "the letter is there");

        using var answer = await client.PostAsJsonAsync("api/dead-letters/redeliver", new { queue = "reconcile", max = 5 }, Stop);
        using var beyond = await client.PostAsJsonAsync("api/dead-letters/redeliver", new { max = 101 }, Stop);
        using var unknown = await client.PostAsJsonAsync("api/dead-letters/redeliver", new { queues = "reconcile" }, Stop);
        using var nowhere = await client.PostAsJsonAsync("api/dead-letters/redeliver", new { queue = "reconciles" }, Stop);

        var batch = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(1, batch.GetProperty("redelivered").GetArrayLength());
        Assert.False(batch.GetProperty("hasMore").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, beyond.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, nowhere.StatusCode);
        Assert.Equal("queue", (await nowhere.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("field").GetString());
        await Eventually.TrueAsync(async () => (await LettersAsync(client, null, "reconcile")).Count == 2, "it failed again");
    }

    [Theory]
    [InlineData("api/dead-letters?state=lost", "state")]
    [InlineData("api/dead-letters?pageSize=0", "pageSize")]
    [InlineData("api/dead-letters?pageSize=-1", "pageSize")]
    [InlineData("api/dead-letters?pageSize=1001", "pageSize")]
    [InlineData("api/dead-letters?pageSize=99999999999999999999", "pageSize")]
    [InlineData("api/dead-letters?queue=alertz", "queue")]
    [InlineData("api/dead-letters?continuationToken=zzz", "continuationToken")]
    public async Task List_WithABadParameter_SaysWhich(string path, string named)
    {
        using var client = await tenants.ClientAsync("two", Permission.ManageAlerts);

        using var answer = await client.GetAsync(path, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(named, (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("field").GetString());
    }

    /// <summary>An episode without an id is what no alerts message may hold.</summary>
    private static string Poison(string mark) => JsonSerializer.Serialize(new { tenant = "two", episodeIds = new[] { mark, "" } });

    private static async Task<JsonElement> LetterAsync(HttpClient client, string message)
    {
        List<JsonElement> found = [];
        await Eventually.TrueAsync(async () => (found = await LettersAsync(client, message)).Count > 0, "the letter is there");
        return Assert.Single(found);
    }

    /// <summary>The letters of one message, known by its length: what it says is masked. Null for all of the queue.</summary>
    private static async Task<List<JsonElement>> LettersAsync(HttpClient client, string? message, string queue = "alerts")
    {
        var page = await client.GetFromJsonAsync<JsonElement>($"api/dead-letters?queue={queue}&pageSize=200", Stop);
        return [.. page.GetProperty("deadLetters").EnumerateArray().Where(l => message is null || l.GetProperty("bodyBytes").GetInt32() == message.Length)];
    }
}
