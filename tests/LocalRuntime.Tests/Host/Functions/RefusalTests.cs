using Microsoft.Extensions.Options;
using static Nightwatch.LocalRuntime.Tests.Host.Functions.RefusedFunctions;

namespace Nightwatch.LocalRuntime.Tests.Host.Functions;

/// <summary>What the official generators, worker or host refuse is refused before anything runs, by a message that names the function.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData(typeof(HiddenMethod), "Hidden", "must be public")]
    [InlineData(typeof(HiddenClass), "HiddenClass", "must be public")]
    [InlineData(typeof(Twice), "twice", "same name")]
    [InlineData(typeof(NoTrigger), "NoTrigger", "no trigger")]
    [InlineData(typeof(TwoTriggers), "TwoTriggers", "more than one trigger")]
    [InlineData(typeof(OrchestratorWithClient), "WithClient", "no bindings but its context")]
    [InlineData(typeof(OrchestratorWithToken), "WithToken", "'token'")]
    [InlineData(typeof(OrchestratorWithTwoInputs), "TwoInputs", "at most one input")]
    [InlineData(typeof(NoHttpResult), "NoHttpResult", "[HttpResult]")]
    [InlineData(typeof(TwoHttpResults), "TwoHttpResults", "more than one property")]
    [InlineData(typeof(PlainObject), "PlainObject", "IActionResult")]
    [InlineData(typeof(AsyncVoid), "AsyncVoid", "not void")]
    [InlineData(typeof(BadSchedule), "BadSchedule", "NCRONTAB")]
    [InlineData(typeof(MissingSetting), "MissingSetting", "'Nowhere'")]
    [InlineData(typeof(Unbound), "Unbound", "'name'")]
    [InlineData(typeof(BadRoute), "BadRoute", "route")]
    [InlineData(typeof(UnknownConstraint), "UnknownConstraint", "'colour'")]
    [InlineData(typeof(SameRoute), "SameRoute", "'FirstRoute'")]
    [InlineData(typeof(NoConnection), "NoConnection", "'Missing'")]
    [InlineData(typeof(OutputWithoutConnection), "OutputWithoutConnection", "'Missing'")]
    [InlineData(typeof(BadQueue), "BadQueue", "no name for a queue")]
    [InlineData(typeof(Topic), "Topic", "not topics")]
    [InlineData(typeof(RetryOnQueue), "RetryOnQueue", "timer functions only")]
    [InlineData(typeof(WrongTriggerType), "WrongTriggerType", "TaskOrchestrationContext")]
    [InlineData(typeof(BatchOfOne), "BatchOfOne", "array")]
    public void Build_FunctionBreaksARule_IsRefusedByName(Type functions, string name, string reason)
    {
        var error = Assert.ThrowsAny<InvalidOperationException>(() => TestApp.BuildOnly(new TestAppOptions { Functions = [functions], Settings = { ["Bus"] = "UseDevelopmentStorage=true" } }));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_HttpFunctionWithoutWebApplication_IsRefused()
    {
        var error = Assert.ThrowsAny<InvalidOperationException>(() => TestApp.BuildOnly(new TestAppOptions { Functions = [typeof(Good)], Configure = _ => { } }));

        Assert.Contains("ConfigureFunctionsWebApplication", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ServiceBusConnectionString_IsRefusedWithAdvice()
    {
        var error = Assert.Throws<OptionsValidationException>(() => TestApp.BuildOnly(new TestAppOptions
        {
            Functions = [typeof(GoodQueue)],
            Settings = { ["Bus"] = "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b" },
        }));

        Assert.Contains("UseDevelopmentStorage=true", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_GoodFunctions_IsNotRefused() => TestApp.BuildOnly(new TestAppOptions
    {
        Functions = [typeof(Good), typeof(GoodQueue), typeof(GoodOrchestrator)],
        Settings = { ["Bus"] = "UseDevelopmentStorage=true" },
    });
}
