using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Models;

namespace Nightwatch.Adapters.Tests.OpenAi;

/// <summary>Conversations in which a model asks for tools.</summary>
public sealed class OpenAiConversationTests
{
    private const string Schema = """{"type":"object","properties":{"cause":{"type":"string"}},"required":["cause"],"additionalProperties":false}""";

    private static readonly ModelConversation Conversation = new()
    {
        System = "You are terse.",
        Messages = [new ModelMessage(ModelRole.User, "Why?")],
        Tools = [new ModelTool("search_metrics", "Finds metrics.", """{"type":"object","properties":{"words":{"type":"string"}}}""")],
        JsonSchema = Schema,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Continue_CallsInPieces_AreJoinedByTheirIndex()
    {
        await using var server = await FakeOpenAi.StartAsync(Cancel, FakeOpenAi.Calls(("search_metrics", """{"words":"cpu usage"}"""), ("unheard_of", "{\"broken\":")));

        var reply = await Model(server).ContinueAsync(Conversation, Cancel);

        Assert.Equal(
            [new ModelToolCall("call_0", "search_metrics", """{"words":"cpu usage"}"""), new ModelToolCall("call_1", "unheard_of", "{\"broken\":")],
            reply.Calls);
        Assert.Equal(("", "test-model"), (reply.Text, reply.Model));
    }

    [Fact]
    public async Task Continue_WithResults_SendsThemBehindTheCallsAndReadsTheAnswer()
    {
        await using var server = await FakeOpenAi.StartAsync(Cancel, FakeOpenAi.Says("""{"cause":"disk"}"""));
        var call = new ModelToolCall("call_7", "search_metrics", "{}");

        var reply = await Model(server).ContinueAsync(
            Conversation with
            {
                Messages = [.. Conversation.Messages, new ModelMessage(ModelRole.Assistant, "") { Calls = [call] }, new ModelMessage(ModelRole.ToolResult, "none") { CallId = "call_7" }],
                MayCallTools = false,
            },
            Cancel);

        Assert.Equal("""{"cause":"disk"}""", reply.Text);
        var sent = server.Asked[0];
        Assert.Equal(["system", "user", "assistant", "tool"], sent.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()));
        Assert.Equal("call_7", sent.GetProperty("messages")[2].GetProperty("tool_calls")[0].GetProperty("id").GetString());
        Assert.Equal("call_7", sent.GetProperty("messages")[3].GetProperty("tool_call_id").GetString());
        Assert.Equal("none", sent.GetProperty("tool_choice").GetString());
    }

    [Fact]
    public async Task Continue_EndlessArguments_AreCutOffAndAreNoCall()
    {
        await using var server = await FakeOpenAi.StartAsync(Cancel, FakeOpenAi.Calls(("search_metrics", new string('x', 60_000))));

        var failure = await Assert.ThrowsAsync<SourceException>(() => Model(server).ContinueAsync(Conversation with { MaxOutputTokens = 50 }, Cancel));

        Assert.Equal(SourceFailure.BadAnswer, failure.Failure);
    }

    [Fact]
    public async Task Continue_AnswerThatBreaksTheSchema_IsBadAnswer()
    {
        await using var server = await FakeOpenAi.StartAsync(Cancel, FakeOpenAi.Says("""{"why":1}"""));

        var failure = await Assert.ThrowsAsync<SourceException>(() => Model(server).ContinueAsync(Conversation, Cancel));

        Assert.Contains("does not follow its schema", failure.Message, StringComparison.Ordinal);
    }

    private static IChatModel Model(FakeOpenAi server) =>
        Sources.Get<IChatModel>(("OPENAI_ENDPOINT", new Uri(server.Url, "v1").AbsoluteUri), ("OPENAI_MODEL", "test-model"), ("OPENAI_STALL_SECONDS", "300"));
}
