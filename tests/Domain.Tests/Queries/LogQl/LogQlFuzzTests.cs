using System.Diagnostics;
using System.Text;
using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Domain.Tests.Queries.LogQl;

/// <summary>Any text is a query or an error with a place: no crash, no hang, no memory out of proportion.</summary>
public sealed class LogQlFuzzTests(ITestOutputHelper output)
{
    // Far above what any input of these sizes takes.
    private const long MostBytes = 64 << 20;

    private static readonly bool All = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1";
    private static readonly int Inputs = All ? 1_000_000 : 20_000;
    private static readonly int Queries = All ? 100_000 : 5_000;

    private static readonly string[] Pieces =
    [
        "{", "}", "(", ")", "[", "]", "[5m]", "|", "|=", "|~", "|>", "!=", "!~", "!>", "=", "==", "=~", ",", ".", "\"", "`", "'", "\\", "#", "//", "/*", "*/", "-", "--strict",
        "rate", "sum", "by", "without", "(", ")", "topk(", "unwrap", "json", "logfmt", "offset", "on(", "group_left", "ip(", "bool", "or", "and", "5m", "1e", "0x", "1MB", "\0", "\ud800",
        "\u00a0", "{a=\"b\"}", "count_over_time(", "{{", "}}", "{{.", "$", "<_>", "<a>", "(?P<a>", "*", "+", "^", "%", "\n",
    ];

    [Fact]
    public void Print_GeneratedQueries_ReadBackEqualAndPrintTheSame()
    {
        var random = new Random(11);
        var generator = new LogQlGenerator(random);
        for (var i = 0; i < Queries; i++)
        {
            var query = generator.Query();
            Assert.True(LogQlParser.TryParse(query, out var parsed, out var error), $"{error}\n{query}");
            var printed = LogQlPrinter.Print(parsed);
            Assert.True(LogQlParser.TryParse(printed, out var again, out error), $"{error}\n{query}\n{printed}");
            Assert.True(parsed.Equals(again), $"{query}\n{printed}\n{again}");
            Assert.Equal(printed, LogQlPrinter.Print(again));
            Assert.Equal(parsed.GetHashCode(), again.GetHashCode());
        }
    }

    [Fact]
    public void TryParse_BrokenInputs_AreTakenOrRefusedWithAPlaceInThem()
    {
        var random = new Random(13);
        var generator = new LogQlGenerator(random);
        var (taken, most, longest, allocated) = (0, 0L, TimeSpan.Zero, GC.GetAllocatedBytesForCurrentThread());
        var seed = generator.Query();
        for (var i = 0; i < Inputs; i++)
        {
            seed = i % 20 == 0 ? generator.Query() : seed;
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var input = Broken(seed, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            var isQuery = LogQlParser.TryParse(input, out var parsed, out var error);
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            var took = Stopwatch.GetElapsedTime(began);
            longest = took > longest ? took : longest;
            if (!isQuery)
            {
                Assert.InRange(error!.Span.Start, 0, input.Length);
                Assert.InRange(error.Span.End, 0, input.Length);
                Assert.NotEmpty(error.Message);
                continue;
            }

            taken++;
            LogQlStageChecks.Check(parsed!);
            Assert.True(parsed!.Equals(LogQlParser.Parse(LogQlPrinter.Print(parsed))), input);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        output.WriteLine($"{Inputs} inputs, {taken} taken, {allocated / Inputs} bytes allocated for each, at most {most / 1024} KiB, longest {longest.TotalMilliseconds:0} ms");
        Assert.InRange(most, 0, MostBytes);
        Assert.InRange(taken, Inputs / 100, Inputs - (Inputs / 100));
        Assert.InRange(allocated / Inputs, 0, 200_000);
    }

    [Theory]
    [InlineData("", "(", "rate({a=\"b\"}[1m])", ")", "")]
    [InlineData("", "1+", "1", "", "")]
    [InlineData("", "1^", "1", "", "")]
    [InlineData("", "sum by (a) (", "rate({a=\"b\"}[1m])", ")", "")]
    [InlineData("", "label_replace(", "rate({a=\"b\"}[1m])", ", \"x\", \"y\", \"\", \"\")", "")]
    [InlineData("{a=\"b\"} | ", "(", "x=1", ")", "")]
    [InlineData("{a=\"b\"} | ", "x=1 and ", "x=1", "", "")]
    [InlineData("{a=\"b\"} |= \"x\"", " or \"y\"", "", "", "")]
    [InlineData("{a=\"b\"}", " |= \"x\"", "", "", "")]
    [InlineData("{a=~\"", "(", "x", ")", "\"}")]
    [InlineData("{a=\"b\"} |~ \"", "(", "x", ")", "\"")]
    [InlineData("{a=\"b\"} | line_format \"{{", "(", "1", ")", "}}\"")]
    [InlineData("{a=\"b\"} | line_format \"", "{{if .x}}", "1", "{{end}}", "\"")]
    public void TryParse_DeepNesting_IsAClearErrorOnASmallStack(string head, string before, string middle, string after, string tail)
    {
        string? problem = null;
        var thread = new Thread(
            () =>
            {
                foreach (var count in (ReadOnlySpan<int>)[10, 100, 1000, 5000])
                {
                    problem ??= Problem(head + string.Concat(Enumerable.Repeat(before, count)) + middle + string.Concat(Enumerable.Repeat(after, count)) + tail);
                }
            },
            512 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(problem);
    }

    /// <summary>What is read can be walked, printed and read again; what is not has a place.</summary>
    private static string? Problem(string text)
    {
        if (!LogQlParser.TryParse(text, out var parsed, out var error))
        {
            return error.Message.Length > 0 && error.Span.Start >= 0 && error.Span.End <= text.Length ? null : text[..50];
        }

        LogQlStageChecks.Check(parsed);
        return parsed.GetHashCode() != 0 && parsed.Equals(LogQlParser.Parse(LogQlPrinter.Print(parsed))) ? null : text[..50];
    }

    private static string Broken(string seed, Random random)
    {
        var text = new StringBuilder(random.Next(8) == 0 ? "" : seed);
        for (var i = random.Next(1, random.Next(3) == 0 ? 30 : 4); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(5))
            {
                case 0 when at < text.Length:
                    text.Remove(at, Math.Min(random.Next(1, 9), text.Length - at));
                    break;
                case 1 when at < text.Length:
                    text[at] = (char)random.Next(random.Next(4) == 0 ? 0x10000 : 0x80);
                    break;
                case 2 when text.Length > 0:
                    var from = random.Next(text.Length);
                    text.Insert(at, text.ToString(from, Math.Min(random.Next(1, 40), text.Length - from)));
                    break;
                case 3 when random.Next(500) == 0:
                    text.Insert(at, string.Concat(Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], random.Next(3000))));
                    break;
                default:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return text.ToString();
    }
}
