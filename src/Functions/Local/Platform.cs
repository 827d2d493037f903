using Microsoft.Azure.Functions.Worker.Builder;

namespace Nightwatch.Functions;

/// <summary>On one machine nothing is added: metrics are at /metrics and logs on the console.</summary>
internal static partial class Platform
{
    internal static partial void AddPlatform(FunctionsApplicationBuilder builder)
    {
    }
}
