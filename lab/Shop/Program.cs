using Nightwatch.Shop;
using Nightwatch.Shop.Logs;
using Nightwatch.Shop.Roles;

// One program, several roles: Nightwatch.Shop ROLE --port N [--log FILE] [--version V] [--PEER URL].
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Nightwatch.Shop frontend|orders|payment|database|load|logs --port N [options]");
    return 2;
}

var options = ShopOptions.Parse(args);
var app = options.Role switch
{
    "frontend" => Frontend.Build(options),
    "orders" => Orders.Build(options),
    "payment" => Payment.Build(options),
    "database" => Database.Build(options),
    "load" => Load.Build(options),
    "logs" => LogsApi.Build(options),
    _ => null,
};
if (app is null)
{
    Console.Error.WriteLine($"unknown role {options.Role}");
    return 2;
}

await app.StartAsync();
Console.WriteLine($"{options.Role} listens on {app.Urls.First()}");
await app.WaitForShutdownAsync();
return 0;
