using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Governance;

/// <summary>Takes secrets and personal data out of text, before it is stored, shown or given to a model.</summary>
public interface IMasker
{
    /// <summary>The text with each sensitive value replaced; the same instance when there is none.</summary>
    string Mask(string text);

    /// <summary>The same with names that stay the same in a conversation, such as &lt;email-1&gt;, for personal data; credentials have no way back.</summary>
    string Mask(string text, Pseudonyms conversation);

    /// <summary>The value of a named field (a label of a metric, a property of JSON), whose name may tell that it is secret.</summary>
    string MaskValue(string name, string value);
}
