namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>What an expression is evaluated to.</summary>
public enum PromQlType
{
    Scalar,

    /// <summary>One sample for each series.</summary>
    InstantVector,

    /// <summary>The samples of a window for each series.</summary>
    RangeVector,

    /// <summary>A string.</summary>
    Text,
}

internal static class PromQlTypes
{
    /// <summary>The type in the words of a message.</summary>
    internal static string Words(this PromQlType type) => type switch
    {
        PromQlType.Scalar => "a scalar",
        PromQlType.InstantVector => "an instant vector",
        PromQlType.RangeVector => "a range vector",
        _ => "a string",
    };
}
