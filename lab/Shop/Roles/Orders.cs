using System.Text.Json;

namespace Nightwatch.Shop.Roles;

/// <summary>Prices a basket from the database, has it paid, and stores the order.</summary>
internal static class Orders
{
    public static WebApplication Build(ShopOptions options)
    {
        var host = new ServiceHost(options);
        var clients = PeerClient.Create(host, "payment", "database");
        var (payment, database) = (clients[0], clients[1]);
        var created = host.Metrics.Counter("orders_created_total", "Orders paid and stored.");
        host.App.MapGet("/products/{id}", (HttpContext context, int id) => Query(context, "select_product", $"product:{id}"));
        host.App.MapGet("/orders/{id}", (HttpContext context, string id) => Query(context, "select_order", $"order:{id}"));
        host.App.MapPost("/orders", async (HttpContext context, JsonElement basket) =>
        {
            var product = await Query(context, "select_product", $"product:{basket.GetProperty("product").GetInt32()}");
            var amount = product.GetProperty("value").GetProperty("price").GetDecimal() * basket.GetProperty("count").GetInt32();
            var id = context.TraceIdentifier[..12];
            var paid = await payment.SendAsync(context, HttpMethod.Post, "/payments", new { order = id, amount });
            await Query(context, "insert_order", $"order:{id}", new { id, amount, payment = paid.GetProperty("id").GetString() });
            created.Add();
            host.Log.Info(context.TraceIdentifier, "order created", ("order_id", id), ("amount", amount));
            return new { id, amount };
        });
        return host.App;

        Task<JsonElement> Query(HttpContext context, string operation, string key, object? value = null) =>
            database.SendAsync(context, HttpMethod.Post, "/query", new { operation, key, value });
    }
}
