using System.Text.Json;

namespace Nightwatch.Shop.Roles;

/// <summary>What customers talk to. Everything behind it goes through orders.</summary>
internal static class Frontend
{
    public static WebApplication Build(ShopOptions options)
    {
        var host = new ServiceHost(options);
        var orders = PeerClient.Create(host, "orders")[0];
        host.App.MapGet("/products/{id}", (HttpContext context, int id) => orders.SendAsync(context, HttpMethod.Get, $"/products/{id}"));
        host.App.MapGet("/orders/{id}", (HttpContext context, string id) => orders.SendAsync(context, HttpMethod.Get, $"/orders/{Uri.EscapeDataString(id)}"));
        host.App.MapPost("/checkout", async (HttpContext context, JsonElement basket) =>
        {
            var order = await orders.SendAsync(context, HttpMethod.Post, "/orders", basket);
            host.Log.Info(context.TraceIdentifier, "checkout finished", ("order_id", order.GetProperty("id").GetString()));
            return order;
        });
        return host.App;
    }
}
