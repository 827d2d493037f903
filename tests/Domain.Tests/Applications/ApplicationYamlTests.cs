using System.Text.Json;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Domain.Tests.Applications;

public sealed class ApplicationYamlTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSameProfile()
    {
        var read = ApplicationYaml.Read(ApplicationYamlWriter.Write(Profiles.Shop));

        Assert.Empty(read.Problems);
        Assert.Equal(Json(Profiles.Shop), Json(Assert.Single(read.Profiles)));
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("- a")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("'a'")]
    [InlineData("\"a\\")]
    [InlineData("&a *b !c")]
    [InlineData("{a}")]
    [InlineData("---")]
    [InlineData(" a ")]
    [InlineData("a\n\n\nb")]
    [InlineData("a\n  b\n c")]
    [InlineData("\n a\n")]
    [InlineData("a \nb")]
    [InlineData("a\n---\nb")]
    [InlineData("a\n# b")]
    [InlineData("a\tb")]
    [InlineData("ä, ü: 日本 😀")]
    public void Read_TextThatYamlCouldMistake_StaysAsItIs(string text)
    {
        var profile = new ApplicationProfile { Id = "a", Name = "b", Architecture = text };

        var read = ApplicationYaml.Read(ApplicationYamlWriter.Write(profile));

        Assert.Empty(read.Problems);
        Assert.Equal(text, Assert.Single(read.Profiles).Architecture);
    }

    [Fact]
    public void Read_RandomText_StaysAsItIs()
    {
        var random = new Random(7);
        const string Characters = "ab :-#'\"\\\n\t{}[],&*!|>%@`~?=é😀0";
        for (var i = 0; i < 3_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => Characters[random.Next(Characters.Length)])).Replace("\ud83d", "", StringComparison.Ordinal).Replace("\ude00", "", StringComparison.Ordinal);
            var yaml = ApplicationYamlWriter.Write(new ApplicationProfile { Id = "a", Name = "b", Architecture = text, Metrics = new(null, Profiles.Map("app", text)) });
            var read = ApplicationYaml.Read(yaml);

            Assert.True(read.Profiles.Count == 1 && read.Profiles[0].Architecture == text, yaml);
        }
    }

    [Fact]
    public void Read_List_TellsEveryProblemWithItsLine()
    {
        var read = ApplicationYaml.Read("""
            applications:
              - id: shop
                name: Shop
                components:
                  - name: orders
                    dependsOn: [payment]
                slos:
                  - {name: a, kind: availability, objective: 120}
              - id: Other
                name: Other
                metrics:
                  labels:
                    a-b: c
            """);

        Assert.True(read.IsList);
        Assert.Equal(
            [
                (6, "applications[0].components[0].dependsOn[0]"), (8, "applications[0].slos[0].objective"), (9, "applications[1].id"),
                (12, "applications[1].metrics.labels"),
            ],
            read.Problems.Select(p => (p.Line!.Value, p.Field)));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("id: a\nnmae: b", 2)]
    [InlineData("id: a\nname: b\ncomponents:\n  - name: c\n    kind: servce", 5)]
    [InlineData("id: a\nname: b\nslos:\n  - name: c\n    kind: availability\n    objective: high", 6)]
    [InlineData("id: a\nname: b\nslos:\n  - name: c\n    objective: 99", 4)]
    [InlineData("id: a\nname: b\nmetrics:\n  labels: [a]", 4)]
    [InlineData("id: a\nname: {b: c}", 2)]
    [InlineData("id: a\nname: &x b", 2)]
    [InlineData("applications: shop", 1)]
    [InlineData("- id: a", 1)]
    public void Read_WrongShape_IsAProblemWithItsLine(string yaml, int? line) => Assert.Equal(line, ApplicationYaml.Read(yaml).Problems[0].Line);

    [Fact]
    public void Json_OfKinds_IsTheWordOfYaml() => Assert.Equal("\"latency_p95\"", JsonSerializer.Serialize(SloKind.LatencyP95, NightwatchJson.Options));

    private static string Json(ApplicationProfile profile) => JsonSerializer.Serialize(profile, NightwatchJson.Options);
}
