using System.Globalization;

namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>What a question says in numbers, beside times: percentiles, bounds, how many of the top, how many lines.</summary>
internal sealed record NumbersRead(IReadOnlyList<double> Quantiles, Threshold? Threshold, int? Top, bool Bottom, int? Lines, string? StatusCode)
{
    public double? Quantile => Quantiles.Count > 0 ? Quantiles[0] : null;
}

/// <summary>Reads "p95", "95th percentile", "above 80 %", "top 5", "last 100 log entries" and takes the numbers.</summary>
internal sealed class StatisticReader(IReadOnlyList<QuestionToken> tokens, bool[] taken)
{
    private const int MostLines = 5000;
    private const int MostSeries = 100;

    public NumbersRead Read()
    {
        var quantiles = new List<double>();
        string? code = null;
        Threshold? threshold = null;
        int? top = null;
        int? lines = null;
        var bottom = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (taken[i] || tokens[i].Kind == TokenKind.Quoted)
            {
                continue;
            }

            quantiles.AddRange(QuantileAt(i) is { } quantile ? [quantile] : []);
            code ??= StatusCodeAt(i);
            threshold ??= ThresholdAt(i);
            lines ??= LinesAt(i);
            if (top is null && TopAt(i) is { } found)
            {
                (top, bottom) = found;
            }
        }

        return new NumbersRead([.. quantiles.Distinct()], threshold, top, bottom, lines, code);
    }

    private double? QuantileAt(int at)
    {
        var word = tokens[at].Lower;
        if (word.Length is >= 2 and <= 5 && word[0] == 'p' && Digits(word[1..]) is { } p)
        {
            taken[at] = true;
            return Math.Round(p >= 100 ? p / Math.Pow(10, word.Length - 1) : p / 100, 9);
        }

        var digits = word.TrimEnd('s', 't', 'h', 'n', 'd', 'r');
        if (Near(at, 1, "percentile", "percentiles", "quantile", "perc", "pctl", "percentil", "percntile", "pct") && Digits(digits) is { } percentile)
        {
            taken[at] = true;
            return percentile is > 0 and < 1 ? percentile : Math.Round(percentile / 100, 9);
        }

        return tokens[at].IsAny("median") ? 0.5 : null;
    }

    /// <summary>"404s", "503 errors", "status 500": the very code.</summary>
    private string? StatusCodeAt(int at)
    {
        var word = tokens[at].Lower;
        var plural = word.Length == 4 && word[3] == 's';
        if ((word.Length != 3 && !plural) || word[0] is < '1' or > '5' || !char.IsAsciiDigit(word[1]) || !char.IsAsciiDigit(word[2]))
        {
            return null;
        }

        var meant = (plural && word[0] is '4' or '5') || Near(at, 1, "error", "errors", "response", "responses", "status", "code", "codes") || Word(at - 1) is "status" or "code" or "http";
        return meant ? word[..3] : null;
    }

    private Threshold? ThresholdAt(int at)
    {
        var sign = tokens[at].Lower switch
        {
            "above" or "over" or "exceeds" or "exceed" or "exceeding" or "exceeded" or "beyond" or ">" => ">",
            "more" or "greater" or "higher" or "longer" or "slower" or "larger" when Word(at + 1) == "than" => ">",
            "less" or "fewer" or "lower" or "smaller" when Word(at + 1) == "than" => "<",
            "below" or "under" or "<" => "<",
            "at" when Word(at + 1) == "least" => ">=",
            "at" when Word(at + 1) == "most" => "<=",
            _ => null,
        };
        var number = at + (Word(at + 1) is "than" or "least" or "most" ? 2 : 1);
        if (sign is null || number >= tokens.Count || taken[number])
        {
            return null;
        }

        var text = tokens[number].Lower;
        var end = Time.TimeUnits.DigitsOf(text);
        if (Digits(end < 0 ? text : text[..end]) is not { } value)
        {
            return null;
        }

        var unit = end > 0 ? text[end..] : Word(number + 1) is "%" or "percent" or "seconds" or "second" or "s" or "ms" or "milliseconds" or "mb" or "gb" or "kb" or "mib" or "gib" or "bytes" ? Word(number + 1) : "";
        taken.AsSpan(at, Math.Min(tokens.Count, number + (end > 0 || unit.Length == 0 ? 1 : 2)) - at).Fill(true);
        return new Threshold(sign, value, unit is "%" or "percent", unit);
    }

    private (int Count, bool Bottom)? TopAt(int at)
    {
        var word = tokens[at].Lower;
        if (word is "top" or "bottom" or "first" or "worst" or "highest" or "lowest" or "slowest" or "fastest" or "biggest" or "largest" or "smallest" or "busiest" && Count(at + 1) is { } after && after <= MostSeries)
        {
            taken[at + 1] = true;
            return (after, word is "bottom" or "lowest");
        }

        if (Count(at) is { } before && before <= MostSeries && (Near(at, 2, "most", "highest", "biggest", "slowest", "largest", "heaviest", "busiest", "worst", "hungriest", "top") || Near(at, 2, "least", "lowest", "smallest", "fewest")))
        {
            taken[at] = true;
            return (before, Near(at, 2, "least", "lowest", "smallest", "fewest"));
        }

        // "The three pods that restart the most".
        if (Count(at) is { } things && things is > 1 and <= MostSeries && at + 1 < tokens.Count && EntityKinds.OfWord(tokens[at + 1]) is not null && tokens.Skip(at).Any(t => t.IsAny("most", "highest", "largest", "slowest", "worst", "biggest")))
        {
            taken[at] = true;
            return (things, false);
        }

        return null;
    }

    private int? LinesAt(int at)
    {
        if (Count(at) is not { } count || !Near(at, 3, "log", "logs", "lines", "line", "entries", "entry", "messages", "loglines", "records") || Word(at - 1) is "than" or "least" or "above")
        {
            return null;
        }

        taken[at] = true;
        if (Word(at - 1) is "last" or "latest" or "recent" or "past" or "first")
        {
            taken[at - 1] = true;
        }

        return Math.Clamp(count, 1, MostLines);
    }

    private int? Count(int at) =>
        at < tokens.Count && !taken[at] && tokens[at].Kind is TokenKind.Number or TokenKind.Word && Time.TimeUnits.NumberOf(tokens[at].Lower) is { } number && number >= 1 && number == Math.Floor(number) && number < int.MaxValue
            ? (int)number
            : null;

    private bool Near(int at, int within, params ReadOnlySpan<string> words)
    {
        for (var i = at + 1; i <= Math.Min(at + within, tokens.Count - 1); i++)
        {
            if (tokens[i].IsAny(words))
            {
                return true;
            }
        }

        return false;
    }

    private static double? Digits(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 1e15 ? value : null;

    private string Word(int at) => at >= 0 && at < tokens.Count ? tokens[at].Lower : "";
}
