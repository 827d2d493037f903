using System.Diagnostics;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Tests.Queries.PromQl;

/// <summary>Any text is a query or an error with a place: no crash, no hang, no memory out of proportion.</summary>
public sealed class PromQlFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261121;

    // Far above what any input of these sizes takes.
    private const long MostBytes = 64 << 20;

    private static readonly int Inputs = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1" ? 1_000_000 : 10_000;

    [Fact]
    public void TryParse_AnyText_IsATreeOrAnErrorWithAPlace()
    {
        var (taken, longest, most) = (0, TimeSpan.Zero, 0L);
        for (var i = 0; i < Inputs; i++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var random = new Random(Seed + i);
            var dialect = random.Next(2) == 0 ? PromQlDialect.V242 : PromQlDialect.V3;
            var text = Input(random, dialect);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            if (PromQlQuery.TryParse(text, dialect, out _, out var error))
            {
                taken++;
                RoundTrip.Check(text, dialect);
            }
            else
            {
                Assert.NotEmpty(error.Message);
                Assert.True(error.Span.Start >= 0 && error.Span.Length >= 0 && error.Span.End <= text.Length, $"{error.Span} in {text}");
                Assert.True(error.Line >= 1 && error.Column >= 1);
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            var took = Stopwatch.GetElapsedTime(began);
            longest = took > longest ? took : longest;
        }

        output.WriteLine($"{Inputs} inputs, {taken} taken, at most {most / 1024} KiB each, longest {longest.TotalMilliseconds:0} ms");
        Assert.InRange(most, 0, MostBytes);
        Assert.InRange(taken, Inputs / 10, Inputs);
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("-", "x", "")]
    [InlineData("1^", "1", "")]
    [InlineData("1+", "1", "")]
    [InlineData("abs(", "x", ")")]
    [InlineData("sum by (a) (", "x", ")")]
    [InlineData("", "x", "[5m:]")]
    [InlineData("x[(", "5m", ")]")]
    [InlineData("x[-", "5m", "]")]
    [InlineData("x offset --", "5m", "")]
    [InlineData("x[max_of(1,", "5m", ")]")]
    [InlineData("{a=~\"(", "x", ")\"}")]
    public void TryParse_DeepNesting_IsAClearErrorOnASmallStack(string before, string middle, string after)
    {
        string? problem = null;
        var thread = new Thread(
            () =>
            {
                foreach (var count in (ReadOnlySpan<int>)[10, PromQlQuery.MaxNesting - 5, PromQlQuery.MaxNesting + 5, 5000])
                {
                    var text = Repeated(before, count) + middle + Repeated(after, count);
                    problem ??= Problem(text.Length > PromQlQuery.MaxLength ? text[..PromQlQuery.MaxLength] : text, count);
                }
            },
            512 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(problem);
    }

    [Fact]
    public void TryParse_TooLong_IsAClearError()
    {
        Assert.False(PromQlQuery.TryParse(new string(' ', PromQlQuery.MaxLength + 1), PromQlDialect.V3, out _, out var error));
        Assert.Contains("characters", error.Message, StringComparison.Ordinal);
        Assert.True(PromQlQuery.TryParse("x" + new string(' ', PromQlQuery.MaxLength - 1), PromQlDialect.V3, out _, out _));
    }

    /// <summary>Ten levels are never too many, five thousand always; what is read can be walked too.</summary>
    private static string? Problem(string text, int count)
    {
        if (!PromQlQuery.TryParse(text, PromQlDialect.V3, out var tree, out var error))
        {
            return count == 10 && error.Message.Contains("nests", StringComparison.Ordinal) ? error.ToString() : null;
        }

        RoundTrip.Check(text, PromQlDialect.V3);
        return count < 5000 && tree.GetHashCode() != 0 ? null : text[..50];
    }

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Input(Random random, PromQlDialect dialect)
    {
        var generator = new PromQlGenerator(random, dialect);
        switch (random.Next(10))
        {
            case 0:
                return string.Create(random.Next(200), random, (span, r) =>
                {
                    foreach (ref var c in span)
                    {
                        c = (char)(r.Next(4) == 0 ? r.Next(0x10000) : r.Next(32, 127));
                    }
                });
            case 1:
                var text = generator.Next();
                for (var i = random.Next(20); i > 0 && text.Length < 2000; i--)
                {
                    text = generator.Changed(text);
                }

                return text;
            case 2:
                return Repeated(generator.Changed(random.Next(2) == 0 ? "(" : "x[") + (random.Next(3) == 0 ? "-" : ""), random.Next(1, 60)) + generator.Next();
            default:
                return generator.Next();
        }
    }
}
