using System.Globalization;
using System.Text;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Tests.Queries.PromQl;

/// <summary>Random queries from a seed: well-formed and well-typed, or with something changed in them.</summary>
internal sealed class PromQlGenerator(Random random, PromQlDialect dialect)
{
    private static readonly string[] Metrics =
        ["up", "http_requests_total", "node:cpu:rate5m", "sum", "offset", "by", "and", "start", "end", "MIN", ":x", "_", "a", "step", "fill", "anchored", "count_values", "without"];

    private static readonly string[] Labels = ["job", "instance", "le", "_x", "on", "by", "bool", "group_left", "offset", "sum", "atan2", "inf"];

    private static readonly string[] Values =
    [
        "\"api\"", "''", "\"\"", "`a\\b`", "'it\\'s'", "\"\\u00e9\\n\"", "\"é😀\"", "\".*\"", "\".+\"", "\"a|b\"", "'5..'", "\"(a\"", "\"[a-z]+\"", "\"\\\\d\"", "\"a{2,1}\"", "\"(?i:x)\"", "\"\\xff\"",
        "\"^$\"", "\"(?=a)\"", "\"a**\"", "\"\\\\p{Greek}\"",
    ];

    private static readonly string[] Durations = ["5m", "1h30m", "30s", "1d", "2w", "1y", "100ms", "0s", "1h1h", "5", "1m1", "1y2w3d4h5m6s7ms", "300y"];

    private static readonly string[] Numbers =
        ["0", "1", "2.5", ".5", "5.", "1e3", "1E-3", "0x1F", "0755", "08", "Inf", "NaN", "iNf", "1e", "0x", "9223372036854775808", "1e400", "0x1e", "1_000", "1__0", "0x_1", "1_", "5e+3", "0xg"];

    private static readonly string[] Operators = ["+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", "<=", ">", ">=", "and", "or", "unless", "OR", "Unless"];

    private static readonly string[] Pieces =
    [
        "(", ")", "{", "}", "[", "]", ",", ":", "=", "=~", "!~", "!=", "==", "@", "bool", "on", "ignoring", "group_left", "group_right", "by", "without", "offset", "start()", "end()", "-", "+", "^",
        "5m", "[5m]", "[5m:]", "[1h:5m]", "1", "NaN", "\"", "'", "`", "\\", "#", "# c\n", "\n", "\t", " ", "x", "sum", "rate", "rate(x[5m])", "{a=\"b\"}", "on()", "\"s\"", "é", "\0", "<", ">", ";", "$", "_", ".",
        "fill(0)", "anchored", "smoothed", "step()", "limitk", "1h",
    ];

    private readonly IReadOnlyList<PromQlFunction> functions = [.. PromQlFunctions.All(dialect).OrderBy(f => f.Name, StringComparer.Ordinal)];

    private readonly IReadOnlyList<string> aggregators = PromQlAggregators.All(dialect);

    private bool IsV3 => dialect == PromQlDialect.V3;

    internal string Next()
    {
        var text = Expression(random.Next(5), random.Next(10) < 8 ? PromQlType.InstantVector : (PromQlType)random.Next(4));
        for (var changes = random.Next(2) == 0 ? 0 : random.Next(1, 4); changes > 0; changes--)
        {
            text = Changed(text);
        }

        return text;
    }

    /// <summary>Something left out, put in, doubled or exchanged.</summary>
    internal string Changed(string text)
    {
        var at = random.Next(text.Length + 1);
        var length = Math.Min(random.Next(1, 6), text.Length - at);
        var other = random.Next(text.Length + 1);
        return random.Next(5) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, Pick(Pieces)),
            2 => text.Insert(other, text.Substring(at, length)),
            3 => text.Remove(at, length).Insert(at, Pick(Pieces)),
            _ => text[..at],
        };
    }

    private string Pick(IReadOnlyList<string> from) => from[random.Next(from.Count)];

    private string Space() => random.Next(12) switch
    {
        0 => "  ",
        1 => "\n",
        2 => "\t",
        3 => " # note\n",
        _ => " ",
    };

    private string Maybe() => random.Next(3) == 0 ? Space() : "";

    private string Expression(int depth, PromQlType type) => type switch
    {
        PromQlType.Text => Pick(Values),
        PromQlType.RangeVector => Range(depth),
        PromQlType.Scalar => Scalar(depth),
        _ => Vector(depth),
    };

    private string Scalar(int depth) => depth <= 0
        ? Number()
        : random.Next(6) switch
        {
            0 => $"({Maybe()}{Scalar(depth - 1)})",
            1 => $"-{Scalar(depth - 1)}",
            2 => $"{Scalar(depth - 1)}{Space()}{Pick(Operators)}{Space()}{(random.Next(2) == 0 ? "bool " : "")}{Scalar(depth - 1)}",
            3 => "time()",
            4 => $"scalar({Vector(depth - 1)})",
            _ => Number(),
        };

    private string Number() => IsV3 && random.Next(6) == 0 ? Pick(Durations) : random.Next(3) == 0 ? random.Next(1000).ToString(CultureInfo.InvariantCulture) : Pick(Numbers);

    private string Vector(int depth) => depth <= 0
        ? Selector() + Modifiers()
        : random.Next(9) switch
        {
            0 => $"({Maybe()}{Vector(depth - 1)}{Maybe()})",
            1 => $"{(random.Next(2) == 0 ? "-" : "+")}{Maybe()}{Vector(depth - 1)}",
            2 or 3 => $"{Vector(depth - 1)}{Space()}{Pick(Operators)}{Matching()}{Space()}{(random.Next(4) == 0 ? Scalar(depth - 1) : Vector(depth - 1))}",
            4 or 5 => Aggregate(depth),
            6 or 7 => Call(depth),
            _ => Selector() + Modifiers(),
        };

    private string Call(int depth)
    {
        var function = functions[random.Next(functions.Count)];
        var count = random.Next(8) == 0 ? random.Next(5) : Math.Min(function.Most, function.Required + random.Next(2));
        var arguments = Enumerable.Range(0, count).Select(i => Expression(depth - 1, function.Arguments.Count == 0 ? PromQlType.Scalar : function.Arguments[Math.Min(i, function.Arguments.Count - 1)]));
        return $"{function.Name}{Maybe()}({Maybe()}{string.Join($"{Maybe()},{Maybe()}", arguments)}{Maybe()})";
    }

    private string Aggregate(int depth)
    {
        var name = Pick(aggregators);
        var parameter = PromQlAggregators.ParameterType(name) is { } type ? $"{Expression(depth - 1, type)},{Maybe()}" : "";
        var grouping = random.Next(3) == 0 ? "" : $"{(random.Next(2) == 0 ? "by" : "without")}{Maybe()}({LabelList()})";
        var body = $"{Maybe()}({parameter}{Vector(depth - 1)})";
        name = random.Next(6) == 0 ? name.ToUpperInvariant() : name;
        return random.Next(2) == 0 ? $"{name} {grouping}{body}" : $"{name}{body}{Maybe()}{grouping}";
    }

    private string Matching()
    {
        var text = new StringBuilder();
        text.Append(random.Next(8) == 0 ? " bool" : "");
        if (random.Next(3) == 0)
        {
            text.Append(random.Next(2) == 0 ? " on" : " ignoring").Append(Maybe()).Append('(').Append(LabelList()).Append(')');
            text.Append(random.Next(3) switch { 0 => " group_left", 1 => $" group_right{Maybe()}({LabelList()})", _ => "" });
        }

        return text.Append(IsV3 && random.Next(10) == 0 ? " fill_left(0) fill_right(-1)" : "").ToString();
    }

    private string LabelList() => string.Join(",", Enumerable.Range(0, random.Next(3)).Select(_ => IsV3 && random.Next(5) == 0 ? "\"a.b\"" : Pick(Labels))) + (random.Next(9) == 0 ? "," : "");

    private string Selector()
    {
        var matchers = Enumerable.Range(0, random.Next(4)).Select(_ => $"{(random.Next(12) == 0 ? "__name__" : Pick(Labels))}{Maybe()}{Pick(["=", "!=", "=~", "!~"])}{Maybe()}{Pick(Values)}").ToList();
        if (IsV3 && random.Next(6) == 0)
        {
            matchers.Add("\"my.metric\"");
        }

        var braces = matchers.Count > 0 || random.Next(6) == 0 ? $"{{{Maybe()}{string.Join($"{Maybe()},", matchers)}{(random.Next(9) == 0 ? "," : "")}}}" : "";
        return random.Next(7) == 0 && braces.Length > 0 ? braces : $"{Pick(Metrics)}{Maybe()}{braces}";
    }

    private string Range(int depth) => random.Next(4) == 0 && depth > 0
        ? $"{Vector(depth - 1)}[{Maybe()}{Duration()}{Maybe()}:{Maybe()}{(random.Next(2) == 0 ? Duration() : "")}]{Modifiers()}"
        : $"{Selector()}{Maybe()}[{Maybe()}{Duration()}{Maybe()}]{Modifiers()}";

    private string Duration()
    {
        if (!IsV3 || random.Next(4) > 0)
        {
            return Pick(Durations);
        }

        return random.Next(6) switch
        {
            0 => "step()",
            1 => $"-{Duration()}",
            2 => $"({Duration()})",
            3 => $"max_of({Duration()}, range())",
            _ => $"{Duration()} {Pick(["+", "-", "*", "/", "%", "^"])} {Duration()}",
        };
    }

    private string Modifiers()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 2 && random.Next(4) == 0; i++)
        {
            text.Append(Space()).Append(random.Next(IsV3 ? 3 : 2) switch
            {
                0 => $"{Pick(["offset", "OFFSET"])}{Space()}{(random.Next(3) == 0 ? "-" : "")}{Duration()}",
                1 => $"@{Maybe()}{Pick(["start()", "end()", "1603774568", "-5", "+.3", "0xA", "Inf", "end ( )"])}",
                _ => Pick(["anchored", "smoothed"]),
            });
        }

        return text.ToString();
    }
}
