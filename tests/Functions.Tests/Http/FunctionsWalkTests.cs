using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Tests.Http;

/// <summary>Walks every function of the product: a door that names no permission fails the build.</summary>
public sealed class FunctionsWalkTests
{
    private static readonly List<MethodInfo> All = typeof(RequiresAttribute).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance))
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null).ToList();

    [Fact]
    public void HttpFunctions_EachNameAPermissionOrSayThatTheyArePublic()
    {
        var http = All.Where(IsHttp).ToList();
        var undecided = http.Where(m => m.GetCustomAttribute<RequiresAttribute>() is null == m.GetCustomAttribute<PublicAttribute>() is null).Select(Name);

        Assert.NotEmpty(http);
        Assert.Empty(undecided);
    }

    [Fact]
    public void PublicFunctions_AreTheKnownOnes() =>
        Assert.Equal(
            ["Live", "Me", "Metrics", "Page", "PageAsset", "Ready", "SignIn", "SignInCallback", "SignInProviders", "SignOut", "UnknownRoute"],
            All.Where(m => m.GetCustomAttribute<PublicAttribute>() is not null).Select(Name).Order());

    [Fact]
    public void HttpFunctions_LeaveAuthorisationToOurMiddleware() =>
        // With another level the host would refuse bearer tokens before our code sees them.
        Assert.All(All.Where(IsHttp), m => Assert.Equal(AuthorizationLevel.Anonymous, Trigger(m)!.AuthLevel));

    [Fact]
    public void HttpFunctions_HaveRoutesOfTheirOwn()
    {
        var routes = All.Where(IsHttp).SelectMany(m => (Trigger(m)!.Methods ?? ["*"]).Select(method => $"{method} {Trigger(m)!.Route}"));

        Assert.Empty(routes.GroupBy(route => route, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Fact]
    public void Functions_AreShells() =>
        Assert.All(All, m => Assert.True(m.IsPublic && m.DeclaringType!.IsPublic, $"{Name(m)} is not public: the official generator would not find it."));

    private static bool IsHttp(MethodInfo method) => Trigger(method) is not null;

    private static HttpTriggerAttribute? Trigger(MethodInfo method) =>
        method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(attribute => attribute is not null);

    private static string Name(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;
}
