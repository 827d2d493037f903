using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Tests.Datasources;

/// <summary>What stands before a source must pass on every question: a default of the port would tell that the source cannot do it.</summary>
public sealed class WrappedSourcesTests
{
    private static readonly Type[] Ports = [typeof(IMetricSource), typeof(ILogSource), typeof(IDashboardSource), typeof(IQuerySource)];

    public static TheoryData<string, string> Wrappers => [.. typeof(IDatasource).Assembly.GetTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false })
        .SelectMany(t => Ports.Where(p => p.IsAssignableFrom(t)).Select(p => (t.FullName!, p.FullName!)))];

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void Wrapper_EveryMemberOfThePort_IsItsOwn(string wrapper, string port)
    {
        var assembly = typeof(IDatasource).Assembly;
        var map = assembly.GetType(wrapper, throwOnError: true)!.GetInterfaceMap(assembly.GetType(port, throwOnError: true)!);

        Assert.All(map.TargetMethods.Zip(map.InterfaceMethods), m => Assert.True(m.First.DeclaringType is { IsInterface: false }, $"{wrapper} leaves {m.Second.Name} to {port}"));
    }

    [Fact]
    public void Wrappers_AreThere() => Assert.Contains(Wrappers, w => w.Data.Item1.EndsWith("CachedLogSource", StringComparison.Ordinal));
}
