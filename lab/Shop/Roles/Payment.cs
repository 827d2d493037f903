using System.Text.Json;

namespace Nightwatch.Shop.Roles;

/// <summary>Screens a payment, takes about one in a hundred as declined, and books it in the database.</summary>
internal static class Payment
{
    public static WebApplication Build(ShopOptions options)
    {
        var host = new ServiceHost(options);
        var database = PeerClient.Create(host, "database")[0];
        var payments = host.Metrics.Counter("payments_total", "Payments by outcome.", "outcome");
        host.App.MapPost("/payments", async (HttpContext context, JsonElement request) =>
        {
            var order = request.GetProperty("order").GetString()!;
            var id = $"p-{order}";
            var account = $"account:{order[..1]}";
            await database.SendAsync(context, HttpMethod.Post, "/query", new { operation = "select_account", key = account });
            var declined = Random.Shared.Next(100) == 0;
            var state = declined ? "declined" : "booked";
            await database.SendAsync(context, HttpMethod.Post, "/query", new { operation = "insert_payment", key = $"payment:{id}", value = new { id, state } });
            payments.Add(state);
            if (declined)
            {
                host.Log.Info(context.TraceIdentifier, "payment declined by the bank", ("payment_id", id));
            }

            return new { id, state };
        });
        return host.App;
    }
}
