using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Tests.Governance.Masking;

public sealed class PersonalDataTests
{
    private readonly TextMasker masker = new();

    [Theory]
    [InlineData("mail ann.lee+ops@mail.example.org now", "mail [masked email] now")]
    [InlineData("call +49 30 901820 or +1 (212) 555-0187", "call [masked phone] or [masked phone]")]
    [InlineData("home_phone=030 1234567", "home_phone=[masked phone]")]
    [InlineData("iban DE89 3704 0044 0532 0130 00.", "iban [masked iban].")]
    [InlineData("from GB29NWBK60161331926819", "from [masked iban]")]
    [InlineData("ssn 219-09-9999", "ssn [masked id]")]
    [InlineData("cpf 529.982.247-25", "cpf [masked id]")]
    [InlineData("dni 12345678Z", "dni [masked id]")]
    [InlineData("cf RSSMRA85T10A562S", "cf [masked id]")]
    [InlineData("ahv 756.9217.0769.85", "ahv [masked id]")]
    [InlineData("hetu 131052-308T", "hetu [masked id]")]
    [InlineData("id 11010519491231002X", "id [masked id]")]
    [InlineData("nir 2 55 08 14 168 025 38", "nir [masked id]")]
    [InlineData("pesel: 44051401359", "pesel: [masked id]")]
    public void Mask_PersonalData_HasItsClass(string text, string expected) => Assert.Equal(expected, masker.Mask(text));

    [Theory]
    [InlineData("4", 16)]
    [InlineData("55", 16)]
    [InlineData("37", 15)]
    [InlineData("6011", 16)]
    public void Mask_Card_OnlyWithRightCheckDigit(string issuer, int length)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var card = new Made(seed).Card(issuer, length);
            var wrong = card[..^1] + (char)('0' + (card[^1] - '0' + 1) % 10);

            Assert.Equal("card [masked card]!", masker.Mask($"card {card}!"));
            Assert.Equal($"card {wrong}!", masker.Mask($"card {wrong}!"));
        }
    }

    [Theory]
    [InlineData("2024-01-01T00:00:00+01:00 started")]
    [InlineData("at 1763700000000000000 ns, offset 4111111111111112")]
    [InlineData("git@github.com:owner/repo.git")]
    [InlineData("session user@1000.service")]
    [InlineData("iban DE89 3704 0044 0532 0130 01")]
    [InlineData("version 1.2.3-4567 of 10.0.0.1:9100 and fe80::1")]
    public void Mask_NotPersonal_IsLeft(string text) => Assert.Same(text, masker.Mask(text));

    [Theory]
    [InlineData("from 10.1.2.3:8080 to 2001:db8::17", "from [masked ip]:8080 to [masked ip]")]
    [InlineData("at 12:34:56 version 1.2.3", "at 12:34:56 version 1.2.3")]
    public void Mask_Addresses_OnlyWhenThePolicySaysSo(string text, string expected) =>
        Assert.Equal(expected, new TextMasker(new MaskingPolicy { Classes = SensitiveData.IpAddress }).Mask(text));

    [Fact]
    public void Mask_ClassNotInPolicy_IsLeft()
    {
        var onlyCards = new TextMasker(new MaskingPolicy { Classes = SensitiveData.Card });

        Assert.Equal("password=hunter42 ann@example.org", onlyCards.Mask("password=hunter42 ann@example.org"));
        Assert.Equal(SensitiveData.NamedSecret | SensitiveData.Email, masker.Classify("password=hunter42 ann@example.org"));
    }
}
