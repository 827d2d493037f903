namespace Nightwatch.LocalRuntime.DurableTask;

internal static class IllegalAwait
{
    public static string Message(string orchestrator) =>
        $"Orchestrator '{orchestrator}' awaited something that is not durable (I/O, Task.Delay, Task.Run or the like), or a middleware around it did. " +
        "Await only tasks that TaskOrchestrationContext gives, and do such work in an activity.";
}
