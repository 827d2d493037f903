using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Models;
using Nightwatch.Domain.Tools;
using OpenAI;
using OpenAI.Chat;

namespace Nightwatch.Adapters.OpenAi;

/// <summary>
/// A chat model behind OpenAI's protocol. The answer is read as a stream, so that a stalled one is told from a long one and an endless one is cut off.
/// A schema is sent as structured output; an endpoint that refuses it gets JSON mode with the schema in words, then words alone; whichever it was,
/// the answer is checked against the schema here.
/// </summary>
internal sealed partial class OpenAiChatModel : IChatModel
{
    public const string ClientName = "openai";
    private const string SourceName = "model";

    private readonly IHttpClientFactory clients;
    private readonly OpenAiOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<OpenAiChatModel> logger;

    /// <summary>How the endpoint takes a schema, learnt from what it refused and then took.</summary>
    private volatile SchemaSupport schemaSupport = SchemaSupport.Schema;

    public OpenAiChatModel(IHttpClientFactory clients, OpenAiOptions options, TimeProvider time, ILogger<OpenAiChatModel> logger)
    {
        this.clients = clients;
        this.options = options;
        this.time = time;
        this.logger = logger;
    }

    private enum SchemaSupport
    {
        Schema,
        JsonMode,
        Words,
    }

    public async Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        var reply = await ContinueAsync(
            new ModelConversation
            {
                System = request.System,
                Messages = [new ModelMessage(ModelRole.User, request.User)],
                MaxOutputTokens = request.MaxOutputTokens,
                JsonSchema = request.JsonSchema,
                Model = request.Model,
            },
            cancellationToken).ConfigureAwait(false);
        return new ModelAnswer(reply.Text, reply.Model, reply.InputTokens, reply.OutputTokens);
    }

    public async Task<ModelReply> ContinueAsync(ModelConversation conversation, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var support = schemaSupport;
        while (true)
        {
            try
            {
                var reply = await AskAsync(conversation, support, linked.Token).ConfigureAwait(false);
                Remember(conversation, support);
                return conversation.JsonSchema is { } schema && reply.Calls.Count == 0 ? reply with { Text = Checked(reply.Text, schema) } : reply;
            }
            catch (ClientResultException exception) when (exception.Status is 400 or 415 or 422
                && conversation.JsonSchema is not null
                && support != SchemaSupport.Words)
            {
                // It may be the schema or something else that was refused; if something else, the simplest way is refused as well and tells it.
                support++;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && Map(exception) is { } failure)
            {
                throw failure;
            }
        }
    }

    private void Remember(ModelConversation conversation, SchemaSupport support)
    {
        if (conversation.JsonSchema is not null && support != schemaSupport)
        {
            schemaSupport = support;
            LogSchemaSupport(options.Model, support.ToString());
        }
    }

    private async Task<ModelReply> AskAsync(ModelConversation conversation, SchemaSupport support, CancellationToken cancellationToken)
    {
        var name = conversation.Model ?? options.Model;
        // A token is seldom longer than 16 characters; what goes on past that does not heed its limit.
        var streamed = new OpenAiReply((conversation.MaxOutputTokens + 64) * 16);
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        var updates = Client(name).CompleteChatStreamingAsync(OpenAiRequest.Messages(conversation, WordsFor(conversation, support)), Options(conversation, support), either.Token);
        await foreach (var update in updates.ConfigureAwait(false))
        {
            stall.CancelAfter(options.StallTimeout);
            if (!streamed.Add(update))
            {
                break;
            }
        }

        var (text, calls) = streamed.End();
        if (text.Length == 0 && calls.Count == 0)
        {
            throw Failed(SourceFailure.BadAnswer, "the answer is empty");
        }

        return new ModelReply(
            text,
            calls,
            name,
            streamed.Usage?.InputTokenCount ?? Estimate(conversation.System.Length + conversation.Messages.Sum(m => m.Text.Length)),
            streamed.Usage?.OutputTokenCount ?? Estimate(text.Length + calls.Sum(c => c.Arguments.Length)));
    }

    private ChatClient Client(string model) => new(
        model,
        // The library insists on a key; an endpoint that asks for none ignores this word.
        new ApiKeyCredential(options.Key ?? "none"),
        new OpenAIClientOptions
        {
            Endpoint = options.Endpoint,
            NetworkTimeout = options.Timeout,
            // Trying again is the caller's decision: it is durable and knows what the answer is worth.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(clients.CreateClient(ClientName)),
            UserAgentApplicationId = "Nightwatch",
        });

    /// <summary>The schema in words, for an endpoint that does not take it otherwise.</summary>
    private static string? WordsFor(ModelConversation conversation, SchemaSupport support) => conversation.JsonSchema is { } schema && support != SchemaSupport.Schema
        ? $"Answer with one JSON object and nothing else. It must follow this JSON Schema:\n{schema}"
        : null;

    private static ChatCompletionOptions Options(ModelConversation conversation, SchemaSupport support)
    {
        var wanted = new ChatCompletionOptions
        {
            MaxOutputTokenCount = conversation.MaxOutputTokens,
            ResponseFormat = (conversation.JsonSchema, support) switch
            {
                ({ } schema, SchemaSupport.Schema) => ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString(schema), jsonSchemaIsStrict: true),
                ({ }, SchemaSupport.JsonMode) => ChatResponseFormat.CreateJsonObjectFormat(),
                _ => null,
            },
        };
        OpenAiRequest.AddTools(wanted, conversation);
        return wanted;
    }

    /// <summary>The JSON object in the answer, checked; models put fences and words around it.</summary>
    private static string Checked(string text, string schema)
    {
        var start = text.IndexOf('{', StringComparison.Ordinal);
        var end = text.LastIndexOf('}');
        if (start < 0 || end < start)
        {
            throw Failed(SourceFailure.BadAnswer, "the answer holds no JSON object");
        }

        var json = text[start..(end + 1)];
        try
        {
            using var value = JsonDocument.Parse(json);
            using var form = JsonDocument.Parse(schema);
            return JsonSchemaValidator.Validate(form.RootElement, value.RootElement) is { } wrong
                ? throw Failed(SourceFailure.BadAnswer, $"the answer does not follow its schema: {FailureText.Shorten(wrong)}")
                : json;
        }
        catch (JsonException exception)
        {
            throw Failed(SourceFailure.BadAnswer, "the answer's JSON is malformed or cut off", exception);
        }
    }

    private SourceException? Map(Exception exception) => exception switch
    {
        SourceException => null,
        _ when OutboundRefusedException.Within(exception) is { } refused => Failed(SourceFailure.NotAllowed, refused.Message),
        ClientResultException { Status: > 0 } refused => Failed(OfStatus(refused.Status), $"{Said(refused)} ({refused.Status})", WithoutSecret(refused)),
        ClientResultException => Failed(SourceFailure.Unavailable, "the endpoint cannot be reached"),
        // Ours, the library's, or the stall's: the caller's own was let through before.
        OperationCanceledException => Failed(
            SourceFailure.Timeout, $"no answer within {options.Timeout.TotalSeconds:0} s, or none for {options.StallTimeout.TotalSeconds:0} s"),
        AnswerTooLargeException => Failed(SourceFailure.BadAnswer, "the answer is too large"),
        HttpRequestException http => Failed(SourceFailure.Unavailable, FailureText.OfConnection(http, options.Endpoint)),
        IOException => Failed(SourceFailure.Unavailable, "the endpoint broke off its answer"),
        JsonException or FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException or NotSupportedException =>
            Failed(SourceFailure.BadAnswer, "the answer is not of the documented form", exception),
        _ => null,
    };

    private static SourceFailure OfStatus(int status) =>
        status is >= 200 and < 400 ? SourceFailure.BadAnswer : SourceClient.FailureOf((System.Net.HttpStatusCode)status);

    /// <summary>The endpoint's own message; it may quote the key.</summary>
    private string Said(ClientResultException refused)
    {
        var body = refused.GetRawResponse()?.Content?.ToString();
        var said = "";
        try
        {
            using var document = JsonDocument.Parse(body ?? "");
            said = document.RootElement.TryGetProperty("error", out var error)
                ? error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) ? message.ToString() : error.ToString()
                : "";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // HTML of a gateway, most likely; the status says enough.
        }

        return said.Length == 0
            ? "the endpoint refused"
            : FailureText.Shorten(options.Key is { } key ? said.Replace(key, "[masked]", StringComparison.Ordinal) : said);
    }

    /// <summary>The exception is kept for the log only when its text does not hold the key.</summary>
    private Exception? WithoutSecret(Exception exception) =>
        options.Key is { } key && exception.ToString().Contains(key, StringComparison.Ordinal) ? null : exception;

    private static long Estimate(int characters) => (characters + ToolRendering.CharactersPerToken - 1) / ToolRendering.CharactersPerToken;

    private static SourceException Failed(SourceFailure failure, string message, Exception? inner = null) =>
        new(failure, SourceName, $"{SourceName}: {message}", inner);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "The endpoint of {Model} does not take a schema as structured output; from now on it gets it as {Support}.")]
    private partial void LogSchemaSupport(string model, string support);
}
