using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Nightwatch.Functions.Tests.Fuzz;

/// <summary>Bodies: valid ones of the routes that are known, mutated as trees and as bytes, and invented ones for those that are not.</summary>
internal static class FuzzBodies
{
    private static readonly string[] Services = ["orders", "payment", "database"];

    public static byte[] Make(FuzzTarget target, Random random)
    {
        var tree = target.Route.StartsWith("api/alerts", StringComparison.Ordinal) ? Webhook(target.Route, random)
            : target.Route == "api/ask" && random.Next(3) > 0 ? Question(random) : FuzzValues.Json(random);
        for (var i = random.Next(4); i > 0 && tree is not null; i--)
        {
            Mutate(tree, random);
        }

        var text = tree?.ToJsonString() ?? "null";
        return random.Next(12) switch
        {
            0 => Break(Encoding.UTF8.GetBytes(text), random),
            1 => Encoding.UTF8.GetBytes(Twist(text, random)),
            2 => random.Next(2) == 0 ? Encoding.Unicode.GetBytes(text) : [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(text)],
            3 => Special(random),
            _ => Encoding.UTF8.GetBytes(text),
        };
    }

    /// <summary>Alerts of few names, so that a hundred thousand requests do not become as many incidents.</summary>
    public static JsonNode Webhook(string route, Random random)
    {
        var alerts = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Alert(random))]);
        return route switch
        {
            "api/alerts/alertmanager" or "api/alerts/grafana" => new JsonObject
            {
                ["version"] = route.EndsWith("grafana", StringComparison.Ordinal) ? "1" : "4",
                ["groupKey"] = "{}:{service=\"orders\"}",
                ["truncatedAlerts"] = 0,
                ["status"] = "firing",
                ["receiver"] = "nightwatch",
                ["groupLabels"] = new JsonObject { ["service"] = "orders" },
                ["commonLabels"] = new JsonObject(),
                ["commonAnnotations"] = new JsonObject(),
                ["externalURL"] = "http://alertmanager.example",
                ["alerts"] = alerts,
            },
            _ when random.Next(2) == 0 => new JsonObject { ["name"] = "Down", ["service"] = Services[random.Next(3)], ["status"] = "firing", ["summary"] = "It is down" },
            _ => alerts,
        };
    }

    /// <summary>Questions that reach the rules and the tools.</summary>
    private static JsonObject Question(Random random) => new()
    {
        ["question"] = random.Next(4) switch
        {
            0 => FuzzValues.Text(random),
            1 => $"error rate of {Services[random.Next(3)]} {FuzzValues.Text(random)}",
            2 => $"find all errors containing '{FuzzValues.Text(random)}' in the last {random.Next(-5, 1_000_000)} hours",
            _ => $"top {random.Next(-3, 100_000)} pods by memory since {FuzzValues.Text(random)}",
        },
        ["timeZone"] = random.Next(3) == 0 ? FuzzValues.Text(random) : "Europe/Berlin",
        ["run"] = random.Next(2) == 0,
        ["use"] = random.Next(3) == 0 ? "model" : null,
    };

    private static JsonObject Alert(Random random) => new()
    {
        ["status"] = random.Next(3) == 0 ? "resolved" : "firing",
        ["labels"] = new JsonObject { ["alertname"] = $"Alert{random.Next(3)}", ["service"] = Services[random.Next(3)], ["severity"] = "warning" },
        ["annotations"] = new JsonObject { ["summary"] = "More than 5 % fail" },
        ["startsAt"] = $"2026-11-2{random.Next(2)}T0{random.Next(3)}:00:00Z",
        ["endsAt"] = "0001-01-01T00:00:00Z",
        ["generatorURL"] = "http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
        ["fingerprint"] = null,
    };

    /// <summary>Changes one place: a value of another type, a field dropped, doubled under another name, or filled with many.</summary>
    private static void Mutate(JsonNode root, Random random)
    {
        var places = new List<JsonNode>();
        Collect(root, places);
        switch (places[random.Next(places.Count)])
        {
            case JsonObject { Count: > 0 } map:
                MutateMember(map, map.ElementAt(random.Next(map.Count)).Key, random);
                break;
            case JsonObject map:
                map[FuzzValues.Text(random)] = FuzzValues.Json(random);
                break;
            case JsonArray { Count: > 0 } list when random.Next(3) > 0:
                list[random.Next(list.Count)] = FuzzValues.Json(random);
                break;
            case JsonArray list:
                for (var i = random.Next(300); i > 0; i--)
                {
                    list.Add(FuzzValues.Json(random, 4));
                }

                break;
        }
    }

    private static void MutateMember(JsonObject map, string key, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                map.Remove(key);
                break;
            case 1:
                map[FuzzValues.Text(random)] = map[key]?.DeepClone();
                break;
            case 2:
                for (var i = random.Next(200); i > 0; i--)
                {
                    map[$"{key}{i}"] = FuzzValues.Text(random);
                }

                break;
            case 3:
                map[key] = Deep(random.Next(1, 60));
                break;
            default:
                map[key] = FuzzValues.Json(random);
                break;
        }
    }

    private static void Collect(JsonNode node, List<JsonNode> places)
    {
        places.Add(node);
        foreach (var child in node switch { JsonObject map => map.Select(member => member.Value), JsonArray list => list, _ => [] })
        {
            if (child is JsonObject or JsonArray)
            {
                Collect(child, places);
            }
        }
    }

    private static JsonNode Deep(int levels)
    {
        JsonNode node = "deep";
        for (var i = 0; i < levels; i++)
        {
            node = i % 2 == 0 ? new JsonArray(node) : new JsonObject { ["a"] = node };
        }

        return node;
    }

    private static byte[] Break(byte[] bytes, Random random)
    {
        if (bytes.Length == 0 || random.Next(3) == 0)
        {
            return bytes[..random.Next(bytes.Length + 1)];
        }

        for (var i = random.Next(1, 6); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    /// <summary>What no tree can hold: a name twice, half a surrogate pair, numbers beyond every type.</summary>
    private static string Twist(string text, Random random) => random.Next(5) switch
    {
        0 => text.Replace("\"orders\"", "\"\\ud800\"", StringComparison.Ordinal),
        1 => text.Replace("\"status\":", "\"status\":\"firing\",\"status\":", StringComparison.Ordinal),
        2 => text.Replace("\"service\":", "\"\\udc00\":", StringComparison.Ordinal),
        3 => text.Replace("\"firing\"", "1e99999", StringComparison.Ordinal),
        _ => text + text,
    };

    private static byte[] Special(Random random) => random.Next(7) switch
    {
        0 => [],
        1 => Encoding.UTF8.GetBytes(new string('[', random.Next(1, 20_000))),
        2 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", random.Next(1, 5000)))),
        3 => [0x1f, 0x8b, 8, .. FuzzValues.Bytes(random, 50)],
        4 => FuzzValues.Bytes(random, random.Next(1, 2000)),
        5 => Encoding.UTF8.GetBytes("{\"version\":\"4\",\"alerts\":[" + string.Join(',', Enumerable.Repeat("{}", random.Next(1, 12_000))) + "]}"),
        _ => Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, random.Next(1, 3000)).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"k{i}\":{i}"))) + "}"),
    };
}
