using System.Globalization;

namespace Nightwatch.Shop;

/// <summary>The command line of one shop process: <c>ROLE --name value ...</c>.</summary>
internal sealed class ShopOptions
{
    private readonly Dictionary<string, string> values = [];

    private ShopOptions(string role) => Role = role;

    public string Role { get; }

    /// <summary>0 lets the system choose; the address is then printed on standard output.</summary>
    public int Port => int.Parse(Optional("port") ?? "0", CultureInfo.InvariantCulture);

    public string Version => Optional("version") ?? "1.4.2";

    public string? LogFile => Optional("log");

    /// <summary>Mean requests a second of the load generator.</summary>
    public double Rate => double.Parse(Optional("rate") ?? "20", CultureInfo.InvariantCulture);

    public static ShopOptions Parse(string[] args)
    {
        var options = new ShopOptions(args[0]);
        for (var i = 1; i + 1 < args.Length; i += 2)
        {
            options.values[args[i].TrimStart('-')] = args[i + 1];
        }

        return options;
    }

    public string? Optional(string name) => values.GetValueOrDefault(name);

    public string Required(string name) => Optional(name) ?? throw new ArgumentException($"The role {Role} needs --{name}.");
}
