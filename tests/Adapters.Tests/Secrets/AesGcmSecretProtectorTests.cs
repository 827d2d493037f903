using System.Text;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Adapters.Tests.Secrets;

public sealed class AesGcmSecretProtectorTests
{
    private static readonly SecretContext Here = new() { Tenant = "t1", Kind = "secrets", Id = "grafana", Field = "datasource:grafana" };

    private readonly string key = Protectors.NewKey();

    [Theory]
    [InlineData("x")]
    [InlineData("hunter2")]
    [InlineData("пароль 密码 🔑")]
    [InlineData("line\r\nline\0end")]
    public void Unprotect_WhatWasProtected_IsTheSame(string text)
    {
        var protector = Protectors.With(key);

        var opened = protector.Unprotect(protector.Protect(new SecretText(text), Here), Here);

        Assert.Equal(SecretOutcome.Opened, opened.Outcome);
        Assert.Equal(text, opened.Text!.Reveal());
    }

    [Fact]
    public void Unprotect_TheLongestSecret_IsTheSame()
    {
        var protector = Protectors.With(key);
        var text = new string('é', SecretText.MaxBytes / 2);

        Assert.Equal(text, protector.Unprotect(protector.Protect(new SecretText(text), Here), Here).Text!.Reveal());
    }

    [Fact]
    public void Protect_TheSameTwice_IsNeverTheSameAndHidesTheLength()
    {
        var protector = Protectors.With(key);

        var envelopes = Enumerable.Range(0, 1000).Select(i => protector.Protect(new SecretText(new string('p', 1 + (i % 60))), Here)).ToList();

        Assert.Equal(1000, envelopes.Distinct().Count());
        Assert.Single(envelopes.Select(e => e.Length).Distinct());
        Assert.All(envelopes, e => Assert.StartsWith($"nws1.{protector.CurrentKeyId}.", e, StringComparison.Ordinal));
    }

    [Fact]
    public void Unprotect_WithAnyCharacterChanged_NeverOpens()
    {
        var protector = Protectors.With(key);
        var envelope = protector.Protect(new SecretText("hunter2"), Here);

        for (var at = 0; at < envelope.Length; at++)
        {
            // Every character of the alphabet at every place, so that no bit of it is without meaning.
            foreach (var other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n")
            {
                if (other != envelope[at])
                {
                    var opened = protector.Unprotect($"{envelope[..at]}{other}{envelope[(at + 1)..]}", Here);
                    Assert.True(opened.Outcome != SecretOutcome.Opened && opened.Text is null, $"{other} at {at} opens.");
                }
            }
        }
    }

    [Fact]
    public void Unprotect_CutOrGrown_NeverOpens()
    {
        var protector = Protectors.With(key);
        var envelope = protector.Protect(new SecretText(new string('x', 200)), Here);

        Assert.All(Enumerable.Range(0, envelope.Length), length => Assert.NotEqual(SecretOutcome.Opened, protector.Unprotect(envelope[..length], Here).Outcome));
        Assert.All(["A", "=", "==", ".", " ", "\n", "AAAA"], tail => Assert.NotEqual(SecretOutcome.Opened, protector.Unprotect(envelope + tail, Here).Outcome));
    }

    [Fact]
    public void Unprotect_ElsewhereThanItWasMadeFor_IsNotAuthentic()
    {
        var protector = Protectors.With(key);
        var envelope = protector.Protect(new SecretText("hunter2"), Here);

        SecretContext[] elsewhere =
        [
            Here with { Tenant = "t2" }, Here with { Kind = "channels" }, Here with { Id = "loki" }, Here with { Field = "other" },
            Here with { Tenant = "t1s", Kind = "ecrets" }, Here with { Id = Here.Field, Field = Here.Id },
        ];
        Assert.All(elsewhere, context => Assert.Equal(SecretOutcome.NotAuthentic, protector.Unprotect(envelope, context).Outcome));
    }

    [Fact]
    public void Unprotect_WithAnotherKey_IsUnknownKeyAndWithItsIdForgedNotAuthentic()
    {
        var protector = Protectors.With(key);
        var other = Protectors.With(Protectors.NewKey());
        var envelope = protector.Protect(new SecretText("hunter2"), Here);

        Assert.Equal(SecretOutcome.UnknownKey, other.Unprotect(envelope, Here).Outcome);
        Assert.Equal(SecretOutcome.NotAuthentic, other.Unprotect(envelope.Replace(protector.CurrentKeyId!, other.CurrentKeyId, StringComparison.Ordinal), Here).Outcome);
        Assert.Equal(protector.CurrentKeyId, Protectors.With(key).CurrentKeyId);
        Assert.NotEqual(protector.CurrentKeyId, other.CurrentKeyId);
    }

    [Fact]
    public void Unprotect_OfAnything_ThrowsNothing()
    {
        var protector = Protectors.With(key);
        var good = protector.Protect(new SecretText("hunter2"), Here);
        var random = new Random(20261121);
        var alphabet = "nws1..AZaz09-_=+/ \0\uFEFF\ud800é🔑";
        for (var i = 0; i < 50_000; i++)
        {
            var text = new StringBuilder(i % 3 == 0 ? good : i % 3 == 1 ? $"nws1.{protector.CurrentKeyId}." : "");
            for (var changes = random.Next(1, 40); changes > 0; changes--)
            {
                var at = random.Next(text.Length + 1);
                _ = random.Next(3) switch
                {
                    0 when at < text.Length => text.Remove(at, random.Next(1, Math.Min(20, text.Length - at) + 1)),
                    1 => text.Insert(at, alphabet[random.Next(alphabet.Length)]),
                    _ => text.Insert(at, (char)random.Next(0x10000)),
                };
            }

            var opened = protector.Unprotect(text.ToString(), Here);
            Assert.NotEqual(SecretOutcome.Opened, opened.Outcome);
            protector.NeedsRewrap(text.ToString());
        }

        Assert.Equal(SecretOutcome.Malformed, protector.Unprotect(null, Here).Outcome);
        Assert.Equal(SecretOutcome.Malformed, protector.Unprotect(new string('A', 10_000_000), Here).Outcome);
    }

    [Fact]
    public void NeedsRewrap_IsForOtherKeysOnly()
    {
        var (old, renewed) = (Protectors.With(key), Protectors.With(Protectors.NewKey(), key));
        var envelope = old.Protect(new SecretText("hunter2"), Here);

        Assert.False(old.NeedsRewrap(envelope));
        Assert.True(renewed.NeedsRewrap(envelope));
        Assert.Equal("hunter2", renewed.Unprotect(envelope, Here).Text!.Reveal());
        Assert.False(renewed.NeedsRewrap(renewed.Protect(new SecretText("hunter2"), Here)));
        Assert.False(renewed.NeedsRewrap("nonsense"));
        Assert.False(Protectors.With(null).NeedsRewrap(envelope));
    }

    [Fact]
    public void WithoutAKey_NothingIsProtected()
    {
        var protector = Protectors.With(null);

        Assert.Null(protector.CurrentKeyId);
        Assert.Throws<SecretsNotConfiguredException>(() => protector.Protect(new SecretText("hunter2"), Here));
        Assert.Equal(SecretOutcome.UnknownKey, protector.Unprotect(Protectors.With(key).Protect(new SecretText("hunter2"), Here), Here).Outcome);
    }

    [Theory]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k)", "did not resolve")]
    [InlineData("c2hvcnQ=", "32 random bytes")]
    [InlineData("not base64 at all, whatever it is......", "32 random bytes")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "not random")]
    [InlineData("MTIzNDEyMzQxMjM0MTIzNDEyMzQxMjM0MTIzNDEyMzQ=", "not random")]
    public void WrongKey_StopsTheStartWithoutRepeatingIt(string wrong, string why)
    {
        var current = Assert.Throws<OptionsValidationException>(() => Protectors.With(wrong));
        var previous = Assert.Throws<OptionsValidationException>(() => Protectors.With(key, wrong.Replace(' ', '-').Replace(',', '-')));

        Assert.Contains(why, current.Message, StringComparison.Ordinal);
        Assert.StartsWith("NIGHTWATCH_SECRETS_KEY ", current.Message, StringComparison.Ordinal);
        Assert.StartsWith("NIGHTWATCH_SECRETS_KEYS_PREVIOUS ", previous.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, current.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, previous.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PreviousWithoutACurrentKey_StopsTheStart() => Assert.Throws<OptionsValidationException>(() => Protectors.With(null, key));
}
