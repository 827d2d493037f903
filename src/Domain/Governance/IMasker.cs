namespace Nightwatch.Domain.Governance;

/// <summary>Takes secrets out of text that came from outside, before it is stored, shown or given to a model.</summary>
public interface IMasker
{
    /// <summary>The text with each secret replaced; the same instance when there is none.</summary>
    string Mask(string text);
}
