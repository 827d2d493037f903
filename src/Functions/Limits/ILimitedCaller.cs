namespace Nightwatch.Functions.Limits;

/// <summary>What limits need to know of a caller. The sign-in puts one into HttpContext.Items under <see cref="LimitedCallers.Key"/>.</summary>
public interface ILimitedCaller
{
    string Tenant { get; }

    /// <summary>A stable id of the person or token.</summary>
    string Subject { get; }

    /// <summary>The session of a person's browser; null without one.</summary>
    string? Session { get; }

    LimitedCallerKind LimitedAs { get; }
}

public enum LimitedCallerKind
{
    Person,
    Machine,
    Development,

    /// <summary>Nightwatch itself: not limited.</summary>
    System,
}

public static class LimitedCallers
{
    public const string Key = "nightwatch.caller";
}
