using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Tests.Governance.Masking;

public sealed class PseudonymTests
{
    private const string Text = "ann@example.org wrote to bob@example.org from +49 30 901820; ann@example.org, password=hunter42";
    private readonly TextMasker masker = new();

    [Fact]
    public void Mask_InConversation_GivesOneNamePerValueAndNoneToCredentials()
    {
        var conversation = new Pseudonyms();

        Assert.Equal("<email-1> wrote to <email-2> from <phone-1>; <email-1>, password=[masked]", masker.Mask(Text, conversation));
        Assert.Equal("again <email-2>", masker.Mask("again bob@example.org", conversation));
        Assert.DoesNotContain(conversation.Snapshot(), p => p.Value.Contains("hunter42", StringComparison.Ordinal));
    }

    [Fact]
    public void Restore_ByReader_GivesOnlyWhatTheReaderMaySee()
    {
        var conversation = new Pseudonyms();
        var masked = masker.Mask(Text, conversation);

        Assert.Same(masked, conversation.Restore(masked, SensitiveData.None));
        Assert.Equal("ann@example.org wrote to bob@example.org from <phone-1>; ann@example.org, password=[masked]", conversation.Restore(masked, SensitiveData.Email));
        Assert.Equal("<email-9> < <email-1", conversation.Restore("<email-9> < <email-1", SensitiveData.Email));
    }

    [Fact]
    public void Snapshot_Stored_GoesOn()
    {
        var first = new Pseudonyms();
        masker.Mask(Text, first);
        var second = new Pseudonyms(first.Snapshot());

        Assert.Equal("<email-3> and <email-1>", masker.Mask("cid@example.org and ann@example.org", second));
        Assert.Equal("cid@example.org", second.Restore("<email-3>", SensitiveData.Personal));
        Assert.Equal("<email-3>", first.Restore("<email-3>", SensitiveData.Personal));
    }
}
