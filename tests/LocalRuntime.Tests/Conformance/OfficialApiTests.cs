using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Conformance;

public sealed class OfficialApiTests
{
    private static readonly Assembly LocalRuntime = typeof(FunctionContext).Assembly;

    [Fact]
    public void PublicMembers_InOfficialNamespaces_AreAllOfficial()
    {
        var official = ReadLists();

        var extras = Published().SelectMany(official.Extras).ToList();

        Assert.True(extras.Count == 0, "The official API lacks:\n" + string.Join('\n', extras));
    }

    [Fact]
    public void PublicTypes_OutsideOfficialNamespaces_DoNotExist()
    {
        var ours = LocalRuntime.GetExportedTypes().Where(type => type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) != true).Select(type => type.FullName);

        Assert.Empty(ours);
    }

    [Fact]
    public void Interfaces_InOfficialNamespaces_AskForNoLessThanTheOfficialOnes()
    {
        var official = ReadLists();

        Assert.Empty(Published().SelectMany(official.MissingFromInterface));
    }

    [Fact]
    public void Comparison_MemberThatTheListLacks_IsNamed()
    {
        var lines = new[]
        {
            "sealed class Nightwatch.LocalRuntime.Tests.Conformance.OfficialApiTests.Sample : System.IDisposable",
            "  public System.String Name { get; }",
            "  public System.Void Dispose()",
            "  public new()",
        };

        var extras = OfficialApi.Read(lines).Extras(typeof(Sample));

        Assert.Equal(
            [
                "sealed class Nightwatch.LocalRuntime.Tests.Conformance.OfficialApiTests.Sample: public System.Int32 Extra(System.String text = \"x\", params System.Int32[] numbers)",
                "sealed class Nightwatch.LocalRuntime.Tests.Conformance.OfficialApiTests.Sample: : System.ICloneable",
            ],
            extras);
    }

    [Fact]
    public void Comparison_TypeThatTheListLacks_IsNamed() =>
        Assert.Contains("no such official type", Assert.Single(OfficialApi.Read([]).Extras(typeof(Sample))), StringComparison.Ordinal);

    [Theory]
    [InlineData("  public System.String Name { get; set; }")]
    [InlineData("  public System.Object Name { get; }")]
    [InlineData("  protected System.String Name { get; }")]
    public void Comparison_MemberOfAnotherShape_IsNamed(string line) =>
        Assert.Contains(
            OfficialApi.Read(["sealed class Nightwatch.LocalRuntime.Tests.Conformance.OfficialApiTests.Sample", line]).Extras(typeof(Sample)),
            extra => extra.EndsWith(": public System.String Name { get; }", StringComparison.Ordinal));

    private static IEnumerable<Type> Published() =>
        LocalRuntime.GetExportedTypes().Where(type => type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == true);

    private static OfficialApi ReadLists() =>
        OfficialApi.Read(Directory.GetFiles(Path.Combine(Repository.Root, "tests", "LocalRuntime.Tests", "OfficialApi"), "*.txt").Order().SelectMany(file => File.ReadLines(file)));

    public sealed class Sample : IDisposable, ICloneable
    {
        public string Name { get; } = "sample";

        public int Extra(string text = "x", params int[] numbers) => Name.Length + text.Length + numbers.Length;

        object ICloneable.Clone() => this;

        public void Dispose()
        {
        }
    }
}
