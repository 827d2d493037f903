using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Alerts;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Fuzz;

/// <summary>What comes in otherwise than over HTTP: queue messages, configuration files, continuation tokens. Each may be refused in one way only.</summary>
public sealed class FuzzParserTests
{
    private const int Seed = 20261121;

    private static readonly int Inputs = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1" ? 50_000 : 3_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Parse_AnyQueueMessage_IsAMessageOrAJsonException()
    {
        var valid = AlertsMessage.For("default", ["episode-1", "episode-2"])![0];
        for (var i = 0; i < Inputs; i++)
        {
            var random = new Random(Seed + i);
            var text = random.Next(3) switch
            {
                0 => FuzzValues.Json(random)?.ToJsonString() ?? "null",
                1 => $"{{\"tenant\":{FuzzValues.Json(random)?.ToJsonString() ?? "null"},\"episodeIds\":[{FuzzValues.Json(random)?.ToJsonString() ?? "null"}]}}",
                _ => Mutated(valid, random),
            };
            try
            {
                var message = AlertsMessage.Parse(text);
                Assert.NotEmpty(message.Tenant);
                Assert.All(message.EpisodeIds, Assert.NotNull);
            }
            catch (JsonException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"tenant\":null,\"episodeIds\":[]}")]
    [InlineData("{\"tenant\":\"\",\"episodeIds\":[]}")]
    [InlineData("{\"tenant\":\"t\",\"episodeIds\":null}")]
    [InlineData("{\"tenant\":\"t\",\"episodeIds\":[null]}")]
    [InlineData("{\"tenant\":\"\\ud800\",\"episodeIds\":[]}")]
    public void Parse_AMessageThatNamesNothing_IsAJsonException(string text) => Assert.ThrowsAny<JsonException>(() => AlertsMessage.Parse(text));

    [Theory]
    [InlineData(0xd800)]
    [InlineData(0xdc00)]
    public void Parse_AMessageThatIsNoUnicode_IsAJsonException(int half) =>
        Assert.ThrowsAny<JsonException>(() => AlertsMessage.Parse($"{{\"tenant\":\"{(char)half}\",\"episodeIds\":[]}}"));

    [Fact]
    public void Parse_AnyConfigurationFile_GivesAValueOrProblems()
    {
        const string Windows = "windows:\n- name: weekly\n  weekly: {days: [sat], from: '02:00', to: '04:00', zone: Europe/Berlin}\n  matchers: ['service=\"orders\"']\n- name: once\n  from: 2026-11-21T02:00:00Z\n  to: 2026-11-21T04:00:00Z\n";
        const string Rules = "rules:\n- name: critical\n  when: ['severity=\"critical\"', 'service=~\"orders|payment\"']\n  analyse: always\n  depth: deep\n";
        for (var i = 0; i < Inputs; i++)
        {
            var random = new Random(Seed + i);
            var (windows, rules) = (MaintenanceWindowsFile.Parse(Mutated(Windows, random)), AnalysisRulesFile.Parse(Mutated(Rules, random)));
            Assert.Equal(windows.Value is null, windows.Problems.Count > 0);
            Assert.Equal(rules.Value is null, rules.Problems.Count > 0);
            Assert.All([.. windows.Problems, .. rules.Problems], problem => Assert.NotEmpty(problem.Message));
        }
    }

    [Fact]
    public async Task Query_WithAnyContinuationToken_GivesAPageOrAnArgumentException()
    {
        using var state = new ScratchDirectory();
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging()
            .AddSqliteStore(options => options.Directory = state.Path).AddDocuments(Finding.Type).BuildServiceProvider();
        var documents = services.GetRequiredService<IDocuments<Finding>>();
        var order = Finding.Type.Fields[0].Name;
        for (var i = 0; i < Inputs; i++)
        {
            var random = new Random(Seed + i);
            var json = $"[{FuzzValues.Json(random)?.ToJsonString() ?? "null"},{FuzzValues.Json(random)?.ToJsonString() ?? "null"}]";
            var token = random.Next(3) switch
            {
                0 => FuzzValues.Text(random),
                1 => Convert.ToBase64String(Encoding.UTF8.GetBytes(Mutated(json, random))),
                _ => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
            };
            try
            {
                await documents.QueryAsync("default", new DocumentQuery { OrderBy = random.Next(2) == 0 ? null : order, ContinuationToken = token }, Stop);
            }
            catch (ArgumentException)
            {
                // Not one of ours.
            }
        }
    }

    private static string Mutated(string text, Random random)
    {
        for (var i = random.Next(5); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            var cut = Math.Min(random.Next(6), text.Length - at);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, cut),
                1 => text.Insert(at, FuzzValues.Text(random)),
                2 => text.Insert(at, "&a *a !!x {[\n- \t:"[random.Next(16)..]),
                _ => text.Insert(at, text.Substring(at, cut)),
            };
        }

        return text;
    }
}
