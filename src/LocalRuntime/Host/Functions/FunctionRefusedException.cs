namespace Nightwatch.LocalRuntime.Host.Functions;

/// <summary>A function that the official generators, worker or host would refuse too; the message names it.</summary>
internal sealed class FunctionRefusedException(string function, string reason)
    : InvalidOperationException($"The function '{function}' is refused: {reason}");
