using System.Text.Json;

namespace Nightwatch.Support;

/// <summary>A text with or without a secret in it, and the rule that it was written for.</summary>
public sealed record SecretSample(string Rule, bool IsSecret, string Text);

/// <summary>Public texts to measure masking with, where they are (<see cref="Repository.Bench"/>).</summary>
public static class SecretSamples
{
    public static IReadOnlyList<SecretSample>? Cases()
    {
        var path = Repository.Bench is { } bench ? Path.Combine(bench, "secrets", "gitleaks_rule_cases.json") : null;
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.EnumerateArray().Select(c => new SecretSample(c.GetProperty("rule").GetString()!, c.GetProperty("label").GetString() == "tp", c.GetProperty("text").GetString()!))];
    }

    /// <summary>Lines of eight systems' logs, none with a secret.</summary>
    public static IReadOnlyList<string>? LogLines()
    {
        var path = Repository.Bench is { } bench ? Path.Combine(bench, "loghub") : null;
        return Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.log", SearchOption.AllDirectories).Order().SelectMany(File.ReadLines)] : null;
    }
}
