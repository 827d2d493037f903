using Nightwatch.Adapters.Cosmos;

namespace Nightwatch.Adapters.Tests.Cosmos;

public sealed class CosmosKeyTests
{
    [Fact]
    public void Escape_OfEveryCharacter_IsHarmlessReversibleAndInOrder()
    {
        var previous = "";
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var escaped = CosmosKey.Escape($"{(char)c}");

            Assert.Equal($"{(char)c}", CosmosKey.Unescape(escaped));
            Assert.True(string.CompareOrdinal(previous, escaped) < 0, $"U+{c:x4} is not after the one before it.");
            Assert.Matches(@"\A[A-Za-z0-9!$(),\-.:=@^_~]+\z", escaped);
            previous = escaped;
        }
    }

    [Fact]
    public void Escape_OfRandomTexts_KeepsTheirOrder()
    {
        var random = new Random(20261121);
        var alphabet = "aZ09 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u007f\u0080\u00ff\u2028\ud83d\ude00\uffff\0\n";
        var texts = Enumerable.Range(0, 3000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(0, 6)).Select(_ => alphabet[random.Next(alphabet.Length)]))).Distinct().ToList();

        var byText = texts.Order(StringComparer.Ordinal).ToList();
        var byEscaped = texts.OrderBy(CosmosKey.Escape, StringComparer.Ordinal).ToList();
        // As parts of keys, with another part behind.
        var byPart = texts.OrderBy(t => CosmosKey.Part(t) + " ~ffff", StringComparer.Ordinal).ToList();

        Assert.Equal(byText, byEscaped);
        Assert.Equal(byText, byPart);
        Assert.All(texts, t => Assert.Equal(t, CosmosKey.Unescape(CosmosKey.Escape(t))));
    }

    [Fact]
    public void Part_OfNumbersAndTimes_KeepsTheirOrder()
    {
        object[] longs = [long.MinValue, -2L, -1, 0L, true, 2, long.MaxValue - 1, long.MaxValue];
        object[] doubles = [double.NegativeInfinity, double.MinValue, -1.0, -double.Epsilon, 0.0, double.Epsilon, 1.0, double.MaxValue, double.PositiveInfinity];
        object[] times = [DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddTicks(1), DateTimeOffset.MaxValue];

        foreach (var values in new[] { longs, doubles, times })
        {
            var parts = values.Select(CosmosKey.Part).ToList();
            Assert.Equal(parts.Order(StringComparer.Ordinal), parts);
            Assert.Equal(parts.Count, parts.Distinct().Count());
        }

        Assert.Equal(CosmosKey.Part(0.0), CosmosKey.Part(-0.0));
        Assert.Throws<ArgumentException>(() => CosmosKey.Part(1m));
    }

    [Theory]
    [InlineData("a.")]
    [InlineData("~00")]
    [InlineData(".41")]
    [InlineData("!zz")]
    [InlineData("a b")]
    public void Unescape_OfWhatWeDidNotWrite_IsAFormatError(string escaped) => Assert.Throws<FormatException>(() => CosmosKey.Unescape(escaped));

    [Fact]
    public void EscapeBounded_OfLongTexts_IsShortAndTellsThemApart()
    {
        var texts = Enumerable.Range(0, 100).Select(i => new string('/', 5000) + i).ToList();
        var bounded = texts.Select(t => CosmosKey.EscapeBounded(t, CosmosKey.MaxId)).ToList();

        Assert.All(bounded, b => Assert.Equal(CosmosKey.MaxId, b.Length));
        Assert.All(bounded, b => Assert.True(CosmosKey.IsCut(b)));
        Assert.Equal(100, bounded.Distinct().Count());
    }
}
