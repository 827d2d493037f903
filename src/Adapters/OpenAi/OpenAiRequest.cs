using Nightwatch.Domain.Models;
using OpenAI.Chat;

namespace Nightwatch.Adapters.OpenAi;

/// <summary>A conversation in the words of OpenAI's protocol.</summary>
internal static class OpenAiRequest
{
    public static List<ChatMessage> Messages(ModelConversation conversation, string? furtherInstructions)
    {
        var system = furtherInstructions is null ? conversation.System : $"{conversation.System}\n\n{furtherInstructions}";
        return [new SystemChatMessage(system), .. conversation.Messages.Select(Message)];
    }

    public static void AddTools(ChatCompletionOptions options, ModelConversation conversation)
    {
        foreach (var tool in conversation.Tools)
        {
            options.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.Schema)));
        }

        if (conversation is { Tools.Count: > 0, MayCallTools: false })
        {
            options.ToolChoice = ChatToolChoice.CreateNoneChoice();
        }
    }

    private static ChatMessage Message(ModelMessage message) => message.Role switch
    {
        ModelRole.User => new UserChatMessage(message.Text),
        ModelRole.ToolResult => new ToolChatMessage(message.CallId ?? "", message.Text),
        _ when message.Calls.Count > 0 => WithText(
            new AssistantChatMessage(message.Calls.Select(c => ChatToolCall.CreateFunctionToolCall(c.Id, c.Name, BinaryData.FromString(c.Arguments)))), message.Text),
        _ => new AssistantChatMessage(message.Text),
    };

    private static AssistantChatMessage WithText(AssistantChatMessage message, string text)
    {
        if (text.Length > 0)
        {
            message.Content.Add(ChatMessageContentPart.CreateTextPart(text));
        }

        return message;
    }
}
