using System.Globalization;

namespace Nightwatch.Domain.Tests.Queries.LogQl;

/// <summary>Writes random LogQL: every construct of the grammar, with the freedom in spaces, quotes, case and parentheses that people take.</summary>
internal sealed class LogQlGenerator(Random random)
{
    private static readonly string[] Labels = ["app", "level", "pod", "status", "latency", "size", "rate", "sum", "duration", "bytes", "ip", "größe", "_a1", "__error__", "of", "variants"];
    private static readonly string[] Texts = ["\"error\"", "`a.*b`", "\"quote \\\" and \\\\\"", "\"\\u00e4\\n\\xff\"", "`{{.a}}`", "\"\"", "\"#\"", "\"|= x\"", "\"(a|b)?\"", "\"/v2/[^ ]+\""];
    private static readonly string[] Durations = ["5m", "1h30m", "1d", "250ms", "1.5s", "2us", "10ns", "0s", "1w", "1y"];
    private static readonly string[] Sizes = ["1B", "20MB", "2.5KiB", "3kB", "1GiB", "5k", "0B"];
    private static readonly string[] Numbers = ["0", "1", "2.5", ".5", "1e6", "1e-7", "500", "0x1p3"];
    private static readonly string[] LineFunctions = ["count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"];
    private static readonly string[] Grouped = ["avg_over_time", "max_over_time", "min_over_time", "stddev_over_time", "stdvar_over_time", "first_over_time", "last_over_time"];
    private static readonly string[] Ungrouped = ["sum_over_time", "rate_counter", "rate", "absent_over_time"];
    private static readonly string[] Vectors = ["sum", "avg", "max", "min", "count", "stddev", "stdvar"];
    private static readonly string[] Operators = ["+", "-", "*", "/", "%", "^", "==", "!=", ">", ">=", "<", "<=", "or", "and", "unless"];

    internal string Query() => Chance(3) ? Lines(true) : Metric(3);

    internal string Metric(int depth)
    {
        if (depth == 0)
        {
            return RangeCall();
        }

        return random.Next(9) switch
        {
            0 or 1 => RangeCall(),
            2 or 3 => VectorCall(depth - 1),
            4 or 5 => $"{Inner(depth - 1)}{Space()}{Operator(depth - 1)}",
            6 => $"({Metric(depth - 1)})",
            7 => $"label_replace({Metric(depth - 1)}, \"a\", \"$1\",{Text()}, {Pick("\"(.*)\"", "`a|b`")})",
            _ => $"vector( {Pick(Numbers)} )",
        };
    }

    internal string Lines(bool stages)
    {
        var text = Selector();
        for (var i = stages ? random.Next(5) : 0; i > 0; i--)
        {
            text += Space() + Stage();
        }

        return text;
    }

    private bool Chance(int of) => random.Next(of) == 0;

    private string Pick(params string[] items) => items[random.Next(items.Length)];

    private string Space() => Pick(" ", " ", "", "\n\t", " # note\n", " /* x */ ") is var space && space.Length > 0 ? space : " ";

    private string Text() => Pick(Texts);

    private string Any(string word) => Chance(8) ? word.ToUpperInvariant() : word;

    private string Label() => Pick(Labels);

    private string Matcher() => $"{Label()} {Pick("=", "!=", "=~", "!~")}{Pick("\"error\"", "`a.*b`", "\"(a|b)?\"", "\"\"", "\"\\u00e4\\n\"")}";

    private string Selector()
    {
        var text = Pick("{app=\"shop\"", "{ app =~ `.+`", "{app!=\"\"");
        for (var i = random.Next(3); i > 0; i--)
        {
            text += $" , {Matcher()}";
        }

        return text + "}";
    }

    private string Stage() => random.Next(14) switch
    {
        0 or 1 or 2 => LineFilter(),
        3 => $"| {Any("json")}{(Chance(2) ? $" {Extractions()}" : "")}",
        4 => $"|{Any("logfmt")}{(Chance(3) ? " --strict" : "")}{(Chance(3) ? " --keep-empty" : "")}{(Chance(2) ? $" {Extractions()}" : "")}",
        5 => "| pattern \"<ip> - <_> <status>\"",
        6 => "| regexp `(?P<code>\\d+)`",
        7 => Pick("| unpack", "| decolorize"),
        8 => $"| line_format {Text()}",
        9 => $"| label_format {Label()}={Pick(Label(), Text())}, b={Pick(Label(), Text())}",
        10 => $"| {Pick("drop", "keep")} {Label()}{(Chance(2) ? $", {Matcher()}" : "")} | decolorize",
        _ => $"| {Filter(3)}",
    };

    private string LineFilter()
    {
        var text = Pick("|=", "!=", "|~", "!~", "|>", "!>") + Space();
        do
        {
            text += Chance(6) ? "ip(\"10.0.0.0/8\")" : Text();
            text += " or ";
        }
        while (Chance(3));
        return text[..^4];
    }

    private string Extractions() => $"{Label()}{(Chance(2) ? "=" + Text() : "")}{(Chance(2) ? $", {Label()}" : "")}";

    private string Filter(int depth) => depth > 0 && Chance(2)
        ? Chance(3) ? $"({Filter(depth - 1)})" : $"{Filter(depth - 1)}{Pick(" and ", " or ", ", ", " ", "\nOR ")}{Filter(depth - 1)}"
        : random.Next(5) switch
        {
            0 => Matcher(),
            1 => $"{Label()} {Pick("=", "!=")} ip(\"10.0.0.1\")",
            2 => $"{Label()} {Comparison()} {Pick(Durations)}",
            3 => $"{Label()} {Comparison()} {Pick(Sizes)}",
            _ => $"{Label()} {Comparison()} {Pick("", "-", "+")}{Pick(Numbers)}",
        };

    private string Comparison() => Pick("=", "==", "!=", ">", ">=", "<", "<=");

    private string RangeCall()
    {
        var unwrap = Chance(2) ? $" | unwrap {(Chance(2) ? $"{Pick("bytes", "duration", "duration_seconds")}({Label()})" : Label())}{(Chance(4) ? $" | {Filter(1)}" : "")}" : "";
        var range = $"[{Pick("5m", "1h", "1d12h", "30s", "1w")}]{(Chance(4) ? $" offset {Pick("", "-")}{Pick("5m", "90s", "1h")}" : "")}";
        var lines = Lines(true);
        var body = random.Next(4) switch
        {
            0 => $"({lines}{unwrap}){range}",
            1 => $"{Lines(false)}{range}{(Chance(2) ? Space() + Stage() : "")}{unwrap}",
            2 => $"({lines}{unwrap} {range})",
            _ => $"{lines}{unwrap} {range}",
        };
        if (unwrap.Length == 0)
        {
            return $"{Any(Pick(LineFunctions))}{Pick("", " ")}({body})";
        }

        return random.Next(3) switch
        {
            0 => $"{Any(Pick(Ungrouped))}({body})",
            1 => $"{Any(Pick(Grouped))}({body}){Grouping()}",
            _ => $"quantile_over_time({Pick("0.99", ".5", "1")},{body}){Grouping()}",
        };
    }

    private string Grouping() => Chance(2) ? "" : $" {Any(Pick("by", "without"))}{Pick("", " ")}{LabelList()}";

    private string LabelList() => Chance(5) ? "()" : $"({Label()}{(Chance(2) ? $", {Label()}" : "")})";

    private string VectorCall(int depth)
    {
        var inner = Metric(depth);
        return random.Next(5) switch
        {
            0 => $"{Pick("topk", "bottomk")}({random.Next(1, 20).ToString(CultureInfo.InvariantCulture)}, {inner}){Grouping()}",
            1 => $"{Pick("sort", "sort_desc")}({inner})",
            2 => $"approx_topk(3,{inner})",
            3 => $"{Any(Pick(Vectors))}({inner}){Grouping()}",
            _ => $"{Pick(Vectors)} by {LabelList()} ({inner})",
        };
    }

    private string Inner(int depth) => Chance(6) ? $"({Metric(depth)})" : Metric(depth);

    private string Operator(int depth)
    {
        var sign = Pick(Operators);
        var modifiers = Chance(3) ? $" {Pick("on", "ignoring")} {LabelList()}{Pick("", "", " group_left ()", $" group_right {LabelList()}")}" : "";
        var isSet = sign is "or" or "and" or "unless";
        return $"{Any(sign)}{(!isSet && Chance(4) ? " bool" : "")}{modifiers} {(isSet || Chance(3) ? Inner(depth) : Pick("", "", "-") + Pick("1", "2.5", "100"))}";
    }
}
