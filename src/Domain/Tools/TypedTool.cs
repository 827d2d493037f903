using System.Text.Json;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tools;

/// <summary>
/// A tool whose arguments are a record: the schema is made from it and the checked JSON is bound to it. Failures of sources and of the store become
/// results here, with the invocation that met them.
/// </summary>
public abstract class Tool<TArguments> : ITool
    where TArguments : class
{
    protected Tool(string name, string description, Permission permission, ToolEffects effects) => Descriptor = new ToolDescriptor
    {
        Name = name,
        Description = description,
        InputSchema = ToolSchema.Of<TArguments>(),
        Effects = effects,
        Permission = permission,
    };

    public ToolDescriptor Descriptor { get; }

    public virtual bool Available => true;

    public virtual ValueTask<bool> IsAvailableForAsync(string tenant, CancellationToken cancellationToken) => new(true);

    public Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken) => RunAsync(
        call.Caller,
        call.Arguments.Deserialize<TArguments>(ToolJson.Options) ?? throw new JsonException("The arguments are null."),
        cancellationToken);

    protected abstract Task<ToolResult> RunAsync(Caller caller, TArguments arguments, CancellationToken cancellationToken);

    /// <summary>Runs a question whose invocation is known, and turns a failure of what it asks into a result.</summary>
    protected static async Task<ToolResult> AskAsync(string invocation, string? link, Func<Task<ToolResult>> ask)
    {
        try
        {
            var result = await ask().ConfigureAwait(false);
            return result with { Invocation = invocation, Link = result.Link ?? link };
        }
        catch (SourceException exception)
        {
            return Outcome.Of(exception) with { Invocation = invocation, Link = link };
        }
        catch (StoreUnavailableException)
        {
            return Outcome.Error("The store does not answer.", transient: true) with { Invocation = invocation };
        }
    }
}

/// <summary>Makes results; the invocation is filled in by the tool that knows it.</summary>
public static class Outcome
{
    public static ToolResult Success<T>(T data, string? message = null) =>
        new() { Status = ToolStatus.Success, Invocation = "", Data = ToolJson.ToElement(data), Message = message };

    /// <summary>The question was answered: there is nothing.</summary>
    public static ToolResult NoData(string message) => new() { Status = ToolStatus.NoData, Invocation = "", Message = message };

    public static ToolResult Error(string message, bool transient = false) =>
        new() { Status = ToolStatus.Error, Invocation = "", Message = message, Transient = transient };

    /// <summary>Nothing was done yet.</summary>
    public static ToolResult ApprovalRequired(string message) => new() { Status = ToolStatus.ApprovalRequired, Invocation = "", Message = message };

    public static ToolResult Of(SourceException exception) => Error(exception.Message, exception.Failure is SourceFailure.Unavailable or SourceFailure.Timeout) with
    {
        Fault = new ToolFault(exception.Failure switch
        {
            SourceFailure.BadRequest => ToolFaultKind.Refused,
            SourceFailure.Timeout => ToolFaultKind.TimedOut,
            _ => ToolFaultKind.Failed,
        }),
    };

    /// <summary>An argument that cannot be taken.</summary>
    public static ToolResult Wrong(string argument, string message) => Error(message) with { Fault = new ToolFault(ToolFaultKind.Argument, argument) };

    /// <summary>What a source said beside its answer, and what we left out, in one line; null when there is nothing to say.</summary>
    public static string? Notes(params IEnumerable<string?> notes)
    {
        var line = string.Join("; ", notes.Where(n => !string.IsNullOrEmpty(n)));
        return line.Length == 0 ? null : line;
    }
}
