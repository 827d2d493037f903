using System.Text;

namespace Nightwatch.Functions.Tests.Fuzz;

/// <summary>One request as the bytes that go over the connection. The same seed and number give the same bytes.</summary>
/// <param name="Malformed">It breaks HTTP itself: the server may answer for the application, or only hang up.</param>
internal sealed record FuzzRequest(int Number, FuzzTarget Target, string Method, string Path, byte[] Bytes, bool Malformed)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "get", "TRACE"];

    /// <param name="ids">Ids and continuation tokens that exist, to come past the first check.</param>
    public static FuzzRequest Make(int seed, int number, IReadOnlyList<string> ids)
    {
        var random = new Random(HashOf(seed, number));
        var target = FuzzTarget.All[random.Next(FuzzTarget.All.Count)];
        if (target.IsExport && random.Next(20) > 0)
        {
            // A file of everything that the run itself put on record: each costs more than the one before.
            target = FuzzTarget.Bounded[random.Next(FuzzTarget.Bounded.Count)];
        }

        var method = random.Next(12) == 0 ? Methods[random.Next(Methods.Length)] : target.Method;
        var path = PathOf(target, random, ids);
        var body = method is "GET" or "HEAD" or "OPTIONS" or "get" && random.Next(10) > 0 ? null : FuzzBodies.Make(target, random);
        var (head, framed) = HeadAndBody(method, path, body, random);
        var malformed = random.Next(15) == 0;
        var bytes = malformed ? Spoil(head, framed, random) : [.. Encoding.Latin1.GetBytes(head), .. framed];
        return new FuzzRequest(number, target, method, path, bytes, malformed);
    }

    public override string ToString() => $"request {Number} to {Target.Function}: {Shown(Encoding.Latin1.GetString(Bytes, 0, Math.Min(Bytes.Length, 700)))}";

    private static string Shown(string text) => text.ReplaceLineEndings("\\n").Replace('\0', '0');

    private static int HashOf(int seed, int number) => unchecked((int)((uint)((seed * 397) ^ number) * 2654435761u));

    private static string PathOf(FuzzTarget target, Random random, IReadOnlyList<string> ids)
    {
        var segments = target.Route.Split('/').Select(segment =>
            !segment.StartsWith('{') ? random.Next(150) == 0 ? FuzzValues.Encode(FuzzValues.Text(random), random) : segment
            : segment.StartsWith("{*", StringComparison.Ordinal) ? string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => FuzzValues.Encode(FuzzValues.Text(random), random)))
            : random.Next(3) == 0 && ids.Count > 0 ? ids[random.Next(ids.Count)]
            : FuzzValues.Encode(FuzzValues.Text(random), random));
        var path = "/" + string.Join('/', segments);
        var count = random.Next(4) == 0 ? 0 : random.Next(1, 5);
        return count == 0 ? path : path + "?" + string.Join('&', Enumerable.Range(0, count).Select(_ => Parameter(random, ids)));
    }

    private static string Parameter(Random random, IReadOnlyList<string> ids)
    {
        var name = random.Next(25) == 0 ? FuzzValues.Encode(FuzzValues.Text(random), random) : FuzzValues.Parameters[random.Next(FuzzValues.Parameters.Length)];
        return random.Next(20) == 0 ? name
            : name + "=" + (random.Next(6) == 0 && ids.Count > 0 ? Changed(ids[random.Next(ids.Count)], random) : FuzzValues.Encode(FuzzValues.Text(random), random));
    }

    private static string Changed(string known, Random random)
    {
        if (random.Next(2) == 0 || known.Length == 0)
        {
            return known;
        }

        var characters = known.ToCharArray();
        characters[random.Next(characters.Length)] = "abcXYZ019-_"[random.Next(11)];
        return new string(characters);
    }

    private static (string Head, byte[] Body) HeadAndBody(string method, string path, byte[]? body, Random random)
    {
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        var typed = false;
        for (var i = random.Next(3) == 0 ? random.Next(1, 5) : 0; i > 0; i--)
        {
            var (name, values) = FuzzValues.Headers[random.Next(FuzzValues.Headers.Length)];
            typed |= name == "Content-Type";
            var value = random.Next(10) == 0 ? new string(FuzzValues.Text(random).Where(c => c is >= ' ' and < (char)0x7f).ToArray()) : values[random.Next(values.Length)];
            head.Append($"{name}: {value}\r\n");
        }

        if (random.Next(200) == 0)
        {
            head.Append(string.Concat(Enumerable.Range(0, random.Next(1, 200)).Select(i => $"X-{i}: {new string('x', random.Next(400))}\r\n")));
        }

        if (body is null)
        {
            return (head.Append("\r\n").ToString(), []);
        }

        if (!typed)
        {
            head.Append("Content-Type: application/json\r\n");
        }

        if (random.Next(6) > 0)
        {
            return (head.Append($"Content-Length: {body.Length}\r\n\r\n").ToString(), body);
        }

        head.Append("Transfer-Encoding: chunked\r\n\r\n");
        var chunks = body.Chunk(Math.Max(1, body.Length / random.Next(1, 8)));
        return (head.ToString(), [.. chunks.SelectMany(chunk => (byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, 13, 10]), .. "0\r\n\r\n"u8]);
    }

    private static byte[] Spoil(string head, byte[] body, Random random)
    {
        string[] wrong =
        [
            "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: chunked\r\nContent-Length: 3",
            "Transfer-Encoding: xchunked", "Host: other", "Bad Header: x", ": x", "X\u0001: y", "X: a\u0000b", " folded", "Content-Length: 100000000",
        ];
        var bytes = Encoding.Latin1.GetBytes(random.Next(2) == 0 ? head.Insert(head.IndexOf("\r\n", StringComparison.Ordinal) + 2, wrong[random.Next(wrong.Length)] + "\r\n") : head);
        switch (random.Next(4))
        {
            case 0:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
            case 1:
                return bytes[..random.Next(1, bytes.Length)];
            case 2 when body.Length > 0:
                return [.. bytes, .. body[..random.Next(body.Length)]];
        }

        return [.. bytes, .. body];
    }
}
