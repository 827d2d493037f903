using Nightwatch.Domain.Tools.Sources;

namespace Nightwatch.Domain.Tests.Tools;

public sealed class ReadingQueriesTests
{
    [Theory]
    [InlineData("influxdb", "from(bucket: \"b\") |> range(start: -1h) |> filter(fn: (r) => r._measurement == \"cpu\") // all")]
    [InlineData("influxdb", "import \"math\"\nimport s \"influxdata/influxdb/schema\"\nfrom(bucket: \"b\")")]
    [InlineData("influxdb", "from(bucket: \"b\") |> toFloat() |> total()")]
    [InlineData("influxdb", "SELECT mean(\"usage\") FROM cpu WHERE host = 'a' GROUP BY time(1m);")]
    [InlineData("influxdb", "show measurements")]
    [InlineData("elasticsearch", "message:\"drop table\" AND to")]
    [InlineData("mysql", "select 1")]
    public void WhyNot_QueryThatReads_IsNothing(string type, string query) => Assert.Null(ReadingQueries.WhyNot(type, query));

    [Theory]
    [InlineData("influxdb", "from(bucket: \"b\") |> to(bucket: \"other\")", "to writes")]
    [InlineData("influxdb", "f = to\nfrom(bucket: \"b\") |> f(bucket: \"other\")", "to writes")]
    [InlineData("influxdb", "from(bucket: \"b\") |> wideTo (bucket: \"other\")", "wideTo writes")]
    [InlineData("influxdb", "r =~ /\"/ |> to(bucket: \"x\") /\"/", "to writes")]
    [InlineData("influxdb", "x = 1 --1 |> to(bucket: \"x\")", "to writes")]
    [InlineData("influxdb", "show = from(bucket: \"b\") |> to(bucket: \"other\")", "to writes")]
    [InlineData("influxdb", "import \"http\"\nhttp.post(url: \"http://x\")", "package http ")]
    [InlineData("influxdb", "import e \"experimental\"\nfrom(bucket: \"b\")", "package experimental")]
    [InlineData("influxdb", "import\n// \"math\"\n\"sql\"\nfrom(bucket: \"b\")", "Behind import")]
    [InlineData("influxdb", "import \"\\x68ttp\"", "Behind import")]
    [InlineData("influxdb", "SELECT * INTO other FROM cpu", "INTO changes")]
    [InlineData("influxdb", "select 1; DROP DATABASE x", "one statement")]
    [InlineData("influxdb", "EXPLAIN DELETE FROM cpu", "DELETE changes")]
    [InlineData("mysql", "update x set y = 1", "Only SELECT")]
    [InlineData("mysql", "/* */ select 1", "Only SELECT")]
    [InlineData("mysql", "select 1 /*!50000 into outfile 'x' */", "INTO changes")]
    [InlineData("mysql", "call f()", "Only SELECT")]
    public void WhyNot_QueryThatChanges_SaysWhy(string type, string query, string reason) =>
        Assert.Contains(reason, ReadingQueries.WhyNot(type, query), StringComparison.Ordinal);
}
