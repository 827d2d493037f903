using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tools;

/// <summary>Every tool that is available here, behind one door: permission, arguments, time, size and secrets are looked after in this one place.</summary>
public sealed partial class ToolCatalog : IToolCatalog
{
    private static readonly JsonDocumentOptions ArgumentsReading = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private readonly SortedDictionary<string, ITool> tools = new(StringComparer.Ordinal);
    private readonly IMasker masker;
    private readonly IAuditTrail audit;
    private readonly TimeProvider time;
    private readonly ILogger<ToolCatalog> logger;

    /// <exception cref="ArgumentException">A name is not snake_case, two tools have the same one, or one names no permission.</exception>
    public ToolCatalog(IEnumerable<ITool> tools, IMasker masker, IAuditTrail audit, TimeProvider time, ILogger<ToolCatalog> logger)
    {
        this.masker = masker;
        this.audit = audit;
        this.time = time;
        this.logger = logger;
        foreach (var tool in tools.Where(t => t.Available))
        {
            var name = tool.Descriptor.Name;
            if (!SnakeCase().IsMatch(name) || name.Length > 64)
            {
                throw new ArgumentException($"The tool name {name} is not verb_noun in snake_case.", nameof(tools));
            }

            if (tool.Descriptor.Permission == Permission.None)
            {
                throw new ArgumentException($"The tool {name} names no permission.", nameof(tools));
            }

            if (!this.tools.TryAdd(name, tool))
            {
                throw new ArgumentException($"Two tools are named {name}.", nameof(tools));
            }
        }

        Tools = [.. this.tools.Values.Select(t => t.Descriptor)];
    }

    public IReadOnlyList<ToolDescriptor> Tools { get; }

    public async ValueTask<IReadOnlyList<ToolDescriptor>> ToolsForAsync(string tenant, CancellationToken cancellationToken)
    {
        var found = new List<ToolDescriptor>(tools.Count);
        foreach (var tool in tools.Values)
        {
            if (await tool.IsAvailableForAsync(tenant, cancellationToken).ConfigureAwait(false))
            {
                found.Add(tool.Descriptor);
            }
        }

        return found;
    }

    public async Task<ToolResult> InvokeAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var tool = tools.GetValueOrDefault(request.Name);
        var name = tool?.Descriptor.Name ?? "unknown";
        using var activity = ToolTelemetry.Activities.StartActivity($"execute_tool {name}");
        var result = Finish(request, await CheckAndRunAsync(tool, request, cancellationToken).ConfigureAwait(false));
        result = await RecordAsync(tool, request, result, cancellationToken).ConfigureAwait(false);
        activity?.SetTag("gen_ai.tool.name", name);
        activity?.SetTag("nightwatch.tool.status", ToolTelemetry.StatusName(result.Status));
        ToolTelemetry.Count(name, result.Status, time.GetElapsedTime(began));
        return result;
    }

    private async Task<ToolResult> CheckAndRunAsync(ITool? tool, ToolRequest request, CancellationToken cancellationToken)
    {
        if (tool is null)
        {
            return Outcome.Error($"There is no such tool; there are {string.Join(", ", tools.Keys)}.");
        }

        if (!request.Caller.May(tool.Descriptor.Permission))
        {
            return Outcome.Error($"{tool.Descriptor.Name} needs the permission {Permissions.NameOf(tool.Descriptor.Permission)}, which was not granted.");
        }

        if (request.Arguments.Length > ToolLimits.MaxArgumentsLength)
        {
            return Outcome.Error($"The arguments are longer than {ToolLimits.MaxArgumentsLength} characters.");
        }

        try
        {
            using var arguments = JsonDocument.Parse(request.Arguments, ArgumentsReading);
            return JsonSchemaValidator.Validate(tool.Descriptor.InputSchema, arguments.RootElement) is { } wrong
                ? Outcome.Error($"Wrong arguments: {wrong}.")
                : NeedsAPerson(tool, request) ? Outcome.ApprovalRequired($"{tool.Descriptor.Name} changes things; a person has to decide that it runs.")
                : await RunAsync(tool, request, arguments.RootElement.Clone(), cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            return Outcome.Error($"The arguments are not one well-formed JSON object (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}).");
        }
    }

    /// <summary>Whatever a model read, and whatever the caller behind it may do: no text alone changes anything.</summary>
    private static bool NeedsAPerson(ITool tool, ToolRequest request) =>
        !tool.Descriptor.Effects.ReadOnly && (request.DecidedBy != ToolDecision.Person || request.Caller.Kind == CallerKind.System);

    private async Task<ToolResult> RunAsync(ITool tool, ToolRequest request, JsonElement arguments, CancellationToken cancellationToken)
    {
        var timeout = request.Timeout > TimeSpan.Zero && request.Timeout < ToolLimits.MaxTimeout ? request.Timeout : ToolLimits.MaxTimeout;
        using var limit = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (!tool.Descriptor.Effects.ReadOnly)
            {
                await audit.RecordAsync(EventOf(tool, request, AuditActions.ToolBegun, ("arguments", request.Arguments)), linked.Token).ConfigureAwait(false);
            }

            // WaitAsync: a tool that does not look at its token must not hold up the one who asked.
            return await tool.InvokeAsync(new ToolCall(request.Caller, arguments), linked.Token).WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Outcome.Error($"{tool.Descriptor.Name} did not finish within {timeout.TotalSeconds:0.#} s.", transient: true) with { Fault = new ToolFault(ToolFaultKind.TimedOut) };
        }
        catch (StoreUnavailableException)
        {
            return Outcome.Error("The store does not answer.", transient: true);
        }
        // The tool boundary: whatever a tool does wrong becomes a result.
        catch (Exception exception)
        {
            LogFault(tool.Descriptor.Name, exception);
            return Outcome.Error($"{tool.Descriptor.Name} failed; the log says more.");
        }
    }

    /// <summary>What is not on record is not shown. What changed something stays so, and was announced before.</summary>
    private async Task<ToolResult> RecordAsync(ITool? tool, ToolRequest request, ToolResult result, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = result.Status switch
            {
                ToolStatus.Success or ToolStatus.NoData => AuditOutcome.Succeeded,
                ToolStatus.ApprovalRequired => AuditOutcome.Refused,
                _ => AuditOutcome.Failed,
            };
            var done = EventOf(tool, request, AuditActions.ToolCall, ("invocation", result.Invocation), ("message", result.Message)) with { Outcome = outcome };
            await audit.RecordAsync(done, cancellationToken).ConfigureAwait(false);
            return result;
        }
        catch (StoreUnavailableException)
        {
            return tool?.Descriptor.Effects.ReadOnly ?? true
                ? Outcome.Error("The audit trail cannot be written, so the answer is withheld.", transient: true) with { Invocation = result.Invocation }
                : result with { Message = Outcome.Notes(result.Message, "the audit trail holds the beginning of this call only: its end could not be written") };
        }
    }

    private static AuditEvent EventOf(ITool? tool, ToolRequest request, string action, params ReadOnlySpan<(string Name, string? Value)> details)
    {
        var told = new Dictionary<string, string> { ["decided_by"] = request.DecidedBy.ToString().ToLowerInvariant() };
        foreach (var (name, value) in details)
        {
            if (value is not null)
            {
                told[name] = value;
            }
        }

        return request.Caller.Did(action, tool?.Descriptor.Name ?? "unknown tool") with { Details = told };
    }

    private ToolResult Finish(ToolRequest request, ToolResult result)
    {
        var invocation = result.Invocation.Length > 0 ? result.Invocation : $"{request.Name} {request.Arguments}";
        var (data, leftOut) = result.Data is { } given ? Bound(given, request.MaxDataBytes) : (null, null);
        return result with
        {
            Invocation = masker.Mask(Shorten(invocation)),
            Data = data,
            Link = result.Link is null ? null : masker.Mask(result.Link),
            Message = Outcome.Notes(result.Message, leftOut) is { } message ? masker.Mask(Shorten(message)) : null,
        };
    }

    private (JsonElement?, string?) Bound(JsonElement data, int maxBytes)
    {
        var (bounded, leftOut) = ToolData.Bound(data, Math.Clamp(maxBytes, 0, ToolLimits.MaxDirectDataBytes), ToolLimits.MaxStringLength, masker);
        return (bounded, leftOut);
    }

    private static string Shorten(string text) => text.Length <= ToolLimits.MaxStringLength * 2 ? text : text[..(ToolLimits.MaxStringLength * 2)] + "...";

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)+$", RegexOptions.NonBacktracking)]
    private static partial Regex SnakeCase();

    [LoggerMessage(Level = LogLevel.Error, Message = "The tool {Tool} failed.")]
    private partial void LogFault(string tool, Exception exception);
}
