using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Nightwatch.Support.Cosmos;

/// <summary>What the service answers when the SDK asks how a query is to be run: for an ordered one, what to send so that pages can be merged.</summary>
internal static partial class CosmosQueryPlan
{
    public static CosmosReply Answer(CosmosCall call)
    {
        var match = Ordered().Match(JsonNode.Parse(call.Body)!["query"]!.GetValue<string>());
        var info = new JsonObject
        {
            ["distinctType"] = "None",
            ["groupByExpressions"] = new JsonArray(),
            ["groupByAliases"] = new JsonArray(),
            ["aggregates"] = new JsonArray(),
            ["groupByAliasToAggregateType"] = new JsonObject(),
            ["hasSelectValue"] = false,
            ["orderBy"] = new JsonArray(),
            ["orderByExpressions"] = new JsonArray(),
            ["rewrittenQuery"] = "",
        };
        if (match.Success)
        {
            var (order, direction) = (match.Groups["order"].Value, match.Groups["direction"].Value);
            var columns = match.Groups["columns"].Value.Split(", ").Select(c => $"\"{c.Split('.')[^1]}\": {c}");
            info["top"] = int.Parse(match.Groups["top"].Value, System.Globalization.CultureInfo.InvariantCulture);
            info["orderBy"] = new JsonArray(direction == "DESC" ? "Descending" : "Ascending");
            info["orderByExpressions"] = new JsonArray(order);
            info["rewrittenQuery"] = $"SELECT TOP {match.Groups["top"].Value} c._rid, [{{\"item\": {order}}}] AS orderByItems, {{{string.Join(", ", columns)}}} AS payload FROM c "
                + $"WHERE (({match.Groups["where"].Value}) AND ({{documentdb-formattableorderbyquery-filter}})) ORDER BY {order} {direction}";
        }

        return CosmosReply.Ok(new JsonObject
        {
            ["partitionedQueryExecutionInfoVersion"] = 2,
            ["queryInfo"] = info,
            ["queryRanges"] = new JsonArray(new JsonObject { ["min"] = "", ["max"] = "FF", ["isMinInclusive"] = true, ["isMaxInclusive"] = false }),
        });
    }

    [GeneratedRegex("^SELECT TOP (?<top>[0-9]+) (?<columns>.*) FROM c WHERE (?<where>.*) ORDER BY (?<order>.*) (?<direction>ASC|DESC)$")]
    private static partial Regex Ordered();
}
