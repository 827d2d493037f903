using Microsoft.Azure.Functions.Worker.Builder;

namespace Nightwatch.Functions;

/// <summary>The part of the start that differs between the runtimes; its two bodies are in Azure/ and Local/.</summary>
internal static partial class Platform
{
    internal static partial void AddPlatform(FunctionsApplicationBuilder builder);
}
