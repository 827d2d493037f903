using System.Text;
using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Tests.Governance.Masking;

/// <summary>What holds for every text: masking it again changes nothing, and no way of cutting a stream changes the result.</summary>
public sealed class MaskingPropertyTests
{
    private const int Texts = 3_000;

    private static readonly string[] Parts =
    [
        "password", "=", ":", " ", "\n", "\r\n", "\"", "'", "token", "-----BEGIN " + "PRIVATE KEY-----\nMIIE", "-----END " + "PRIVATE KEY-----", "kind: Secret\n", "data:\n  ", "apiVersion: v1\n", "://", "@", "ann@example.org",
        "curl -u ", "Bearer ", "ey" + "Jhbgciabcd.eyabcd.", "[masked]", "[masked email]", "<", ">", "<email-1>", "\\", "|", "secret", "value", "- name: API_KEY\n", "+49 30 901820", "4111111111111111", "sk-", "8Q~", "AK" + "IA", "\\n", "{", "}",
        "(", "&", "?sig=", "%3D", "%20", "key", "Cookie: ", "Digest ", "BUNDLE_A__B", "hunter42", "ü", "\ud83d\ude00", "\ud83d", "\0", "xxxx", "DE89370400440532013000", "219-09-9999", ",", ";", "mysql -p",
    ];

    private readonly TextMasker masker = new();

    [Fact]
    public void Mask_Twice_IsMaskedOnce()
    {
        var made = new Made(11);
        for (var i = 0; i < Texts; i++)
        {
            var masked = masker.Mask(Draw(made));

            Assert.Same(masked, masker.Mask(masked));
        }
    }

    [Fact]
    public void Stream_AnySplit_IsTheWholeMasked()
    {
        var made = new Made(12);
        for (var i = 0; i < Texts; i++)
        {
            var text = Draw(made);

            Assert.Equal(masker.Mask(text), Stream(text, () => made.Next(9)));
        }
    }

    [Fact]
    public void Stream_SecretSplitAtEachPlace_NeverComesThrough()
    {
        var secret = "gh" + "p_" + new Made(5).Text(Made.Alnum, 36);
        var text = $"first line\nuse {secret} and postgres://app:hunter42@db\nlast";
        for (var at = 0; at <= text.Length; at++)
        {
            var stream = new StreamingMasker(masker);

            Assert.Equal("first line\nuse [masked] and postgres://app:[masked]@db\nlast", stream.Push(text.AsSpan(0, at)) + stream.Push(text.AsSpan(at)) + stream.Complete());
        }
    }

    [Fact]
    public void Stream_WithoutLineEnds_HoldsNoMoreThanItsLimit()
    {
        var stream = new StreamingMasker(masker);
        var text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"word{i % 97}, "));
        var (sent, released) = (0, new StringBuilder());
        foreach (var piece in text.Chunk(5_000))
        {
            released.Append(stream.Push(piece));
            sent += piece.Length;

            Assert.InRange(sent - released.Length, 0, StreamingMasker.HeldAtMost + piece.Length);
        }

        Assert.Equal(masker.Mask(text), released.Append(stream.Complete()).ToString());
    }

    [Fact]
    public void Mask_HugeLineWithSecrets_HidesEachOfThem()
    {
        var made = new Made(6);
        var secrets = Enumerable.Range(0, 3_000).Select(_ => made.Text(Made.Alnum, 32)).ToList();
        var masked = masker.Mask(string.Join(',', secrets.Select((s, i) => $"{{\"n\":{i},\"api_token\":\"{s}\"}}")));

        Assert.All(secrets, s => Assert.DoesNotContain(s, masked, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("://a:password=eyJ-----BEGIN bearer ")]
    [InlineData("key=")]
    [InlineData("\"token\":")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n")]
    [InlineData("curl -u a:")]
    [InlineData("secret\\\\\\\"")]
    [InlineData("a@")]
    [InlineData("+1 ")]
    [InlineData("4111 ")]
    [InlineData("kind: Secret\n")]
    public void Mask_RepeatedTrap_Ends(string trap) => Assert.NotNull(masker.Mask(string.Concat(Enumerable.Repeat(trap, 400_000 / trap.Length))));

    private string Stream(string text, Func<int> next)
    {
        var stream = new StreamingMasker(masker);
        var result = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(next(), text.Length - at);
            result.Append(stream.Push(text.AsSpan(at, length)));
            at += length;
        }

        return result.Append(stream.Complete()).ToString();
    }

    private static string Draw(Made made)
    {
        var text = new StringBuilder();
        for (var left = made.Next(14); left >= 0; left--)
        {
            text.Append(made.Next(4) switch { 0 => made.Text(Made.Url, made.Next(40) + 5), 1 => made.Text(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", 3), _ => Parts[made.Next(Parts.Length)] });
        }

        return text.ToString();
    }
}
