using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.LocalRuntime.Host;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>Finds a binding's queue: the settings that its name and its connection stand for.</summary>
internal sealed partial class QueueDirectory(IConfiguration configuration)
{
    // Service Bus bindings without a Connection use this one.
    private const string DefaultConnection = "AzureWebJobsServiceBus";

    /// <summary>Service Bus's path of a queue's dead letters is the queue's name with this behind it, in any case.</summary>
    private const string DeadLetterPath = "/$deadletterqueue";

    /// <exception cref="FunctionRefusedException">A setting is missing, or the name is none for a queue.</exception>
    /// <exception cref="OptionsValidationException">The setting is no connection string of a storage account.</exception>
    public QueueAddress Find(string function, string queue, string? connection)
    {
        var path = AppSettings.Resolve(queue, configuration, function);
        var isDeadLetter = path.EndsWith(DeadLetterPath, StringComparison.OrdinalIgnoreCase);
        var name = isDeadLetter ? path[..^DeadLetterPath.Length] : path;
        // 63 letters at most, of which the dead-letter queue takes eleven.
        if (!QueueName().IsMatch(name) || name.Length > 63 - QueueAddress.DeadLetterSuffix.Length)
        {
            throw new FunctionRefusedException(function, $"'{name}' is no name for a queue: lower-case letters, digits and single '-', 3 to 52 of them.");
        }

        var setting = AppSettings.Resolve(connection ?? DefaultConnection, configuration, function);
        var value = configuration["AzureWebJobs" + setting] ?? configuration[setting] ?? configuration.GetConnectionString(setting)
            ?? throw new FunctionRefusedException(function, $"the setting '{setting}' with the connection of its queue '{name}' is missing.");
        try
        {
            var address = new QueueAddress(QueueAccount.Parse(value), name);
            return isDeadLetter ? address.DeadLetter : address;
        }
        catch (FormatException error)
        {
            throw new OptionsValidationException(setting, typeof(QueueAddress), [$"The setting {setting} is unusable. {error.Message}"]);
        }
    }

    [GeneratedRegex("^[a-z0-9](?:-?[a-z0-9]){2,}$")]
    private static partial Regex QueueName();
}
