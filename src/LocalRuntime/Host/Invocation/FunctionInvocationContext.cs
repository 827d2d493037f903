using System.Collections;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.Host.Invocation;

internal sealed class FunctionInvocationContext(
    FunctionDescriptor function,
    object? triggerValue,
    IServiceProvider services,
    IReadOnlyDictionary<string, object?> bindingData,
    CancellationToken cancellationToken) : FunctionContext
{
    private InvocationFeatures? features;
    private IDictionary<object, object>? items;

    /// <summary>The trigger's raw value: a message's text, a TimerInfo, a request, an orchestration context, an activity's serialised input.</summary>
    public object? TriggerValue { get; } = triggerValue;

    public FunctionDescriptor Function { get; } = function;

    public object? Result { get; set; }

    /// <summary>The outputs of the result; filled when the function has returned.</summary>
    public IReadOnlyList<FunctionOutput> Outputs { get; private set; } = [];

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => FunctionDefinition.Id;

    public override TraceContext TraceContext { get; } = new InvocationTrace(Activity.Current);

    public override BindingContext BindingContext { get; } = new InvocationBindings(bindingData);

    public override RetryContext RetryContext => Retry;

    public InvocationRetry Retry { get; init; } = InvocationRetry.None;

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override FunctionDefinition FunctionDefinition => Function.Definition;

    public override IDictionary<object, object> Items
    {
        get => items ??= new Dictionary<object, object>();
        set => items = value;
    }

    public override IInvocationFeatures Features => features ??= new InvocationFeatures();

    public override CancellationToken CancellationToken { get; } = cancellationToken;

    public static FunctionInvocationContext Of(FunctionContext context) =>
        context as FunctionInvocationContext ?? throw new InvalidOperationException("This context was not made by LocalRuntime's host.");

    public void SetResult(object? result)
    {
        Result = result;
        Outputs = Function.ReadOutputs(result);
    }
}

internal sealed class InvocationBindings(IReadOnlyDictionary<string, object?> data) : BindingContext
{
    public override IReadOnlyDictionary<string, object?> BindingData { get; } = data;
}

internal sealed class InvocationRetry(int count, int maximum) : RetryContext
{
    public static readonly InvocationRetry None = new(0, 0);

    public override int RetryCount { get; } = count;

    public override int MaxRetryCount { get; } = maximum;
}

internal sealed class InvocationTrace(Activity? activity) : TraceContext
{
    public override string TraceParent => activity?.Id ?? "";

    public override string TraceState => activity?.TraceStateString ?? "";
}

internal sealed class InvocationFeatures : IInvocationFeatures
{
    private readonly Dictionary<Type, object> features = [];

    public T? Get<T>() => features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

    public void Set<T>(T instance)
    {
        if (instance is null)
        {
            features.Remove(typeof(T));
        }
        else
        {
            features[typeof(T)] = instance;
        }
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>One value on its way out: the HTTP answer or messages for a queue.</summary>
internal sealed class FunctionOutput(OutputDescriptor descriptor, object? value)
{
    public OutputDescriptor Descriptor { get; } = descriptor;

    public object? Value { get; set; } = value;
}

internal sealed class CurrentResult(FunctionInvocationContext invocation) : InvocationResult
{
    public override object? Value
    {
        get => invocation.Result;
        set => invocation.Result = value;
    }
}

internal sealed class CurrentResult<T>(FunctionInvocationContext invocation) : InvocationResult<T>
{
    public override T? Value
    {
        get => (T?)invocation.Result;
        set => invocation.Result = value;
    }
}

internal sealed class CurrentOutput<T>(FunctionOutput output) : OutputBindingData<T>
{
    public override T? Value
    {
        get => (T?)output.Value;
        set => output.Value = value;
    }

    public override string Name => output.Descriptor.Name;

    public override string BindingType => output.Descriptor.Type;
}
