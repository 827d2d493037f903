namespace Nightwatch.Functions;

/// <summary>Names of the queues and of the setting that holds their connection.</summary>
public static class Queues
{
    public const string Connection = "ServiceBus";

    /// <summary>Ids of alert episodes to correlate: a hint; the store knows what is undone.</summary>
    public const string Alerts = "alerts";

    /// <summary>Tenants whose alert sources are to be asked for what they hold.</summary>
    public const string Reconcile = "reconcile";

    /// <summary>All of them, for who names one.</summary>
    public static IReadOnlyList<string> All { get; } = [Alerts, Reconcile];

    /// <summary>Behind a queue's name: the path of its dead letters.</summary>
    public const string DeadLetters = "/$DeadLetterQueue";
}
