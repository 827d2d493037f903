using Nightwatch.LocalRuntime.Host.Invocation;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the function returned; middleware may replace it after <c>next</c>.</summary>
public abstract class InvocationResult<T>
{
    protected InvocationResult()
    {
    }

    public abstract T? Value { get; set; }
}

public abstract class InvocationResult : InvocationResult<object>
{
    protected InvocationResult()
    {
    }
}

/// <summary>One output of a result class with several.</summary>
public abstract class OutputBindingData<T>
{
    protected OutputBindingData()
    {
    }

    public abstract T? Value { get; set; }

    public abstract string Name { get; }

    /// <summary>"http" or "serviceBus".</summary>
    public abstract string BindingType { get; }
}

public static class FunctionContextBindingFeatureExtensions
{
    public static InvocationResult GetInvocationResult(this FunctionContext context) =>
        new CurrentResult(FunctionInvocationContext.Of(context));

    /// <exception cref="InvalidOperationException">The result is of another type.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var invocation = FunctionInvocationContext.Of(context);
        return invocation.Result is null or T
            ? new CurrentResult<T>(invocation)
            : throw new InvalidOperationException($"Requested type({typeof(T)}) does not match the type of Invocation result({invocation.Result.GetType()})");
    }

    public static IEnumerable<OutputBindingData<T>> GetOutputBindings<T>(this FunctionContext context) =>
        FunctionInvocationContext.Of(context).Outputs.Where(output => output.Value is null or T).Select(output => new CurrentOutput<T>(output));
}

public class FunctionWorkerException : Exception
{
    public FunctionWorkerException(string message)
        : base(message)
    {
    }

    public FunctionWorkerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A value from outside did not become the type that a parameter asks for; the message names both.</summary>
public class FunctionInputConverterException : FunctionWorkerException
{
    public FunctionInputConverterException(string message)
        : base(message)
    {
    }

    public FunctionInputConverterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
