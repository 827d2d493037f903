using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Domain.Tools;

/// <summary>
/// Brings a result's data under a size: arrays keep their first elements (tools put what matters most first), long strings are cut, secrets are masked.
/// </summary>
public static class ToolData
{
    private const string Cut = "...[cut]";
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The data with at most about <paramref name="maxBytes"/> bytes, and what was left out of it in words, or null.</summary>
    public static (JsonElement Data, string? LeftOut) Bound(JsonElement data, int maxBytes, int maxString, IMasker? masker)
    {
        var budget = new Budget(maxString, masker);
        var buffer = new ArrayBufferWriter<byte>(Math.Min(maxBytes, JsonMarshal.GetRawUtf8Value(data).Length) + 256);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            budget.Write(writer, data, "data", maxBytes);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return (document.RootElement.Clone(), budget.LeftOut);
    }

    private sealed class Budget(int maxString, IMasker? masker)
    {
        // Names of arrays are few; a shortened array inside many elements is told once, with the counts of all.
        private readonly SortedDictionary<string, (long Kept, long Of)> shortened = new(StringComparer.Ordinal);
        private int cutStrings;

        public string? LeftOut => shortened.Count == 0 && cutStrings == 0 ? null : string.Join("; ",
        [
            .. shortened.Select(s => $"only {s.Value.Kept} of {s.Value.Of} {s.Key} are shown"),
            .. cutStrings > 0 ? [$"{cutStrings} long {(cutStrings == 1 ? "text is" : "texts are")} cut"] : Array.Empty<string>(),
        ]);

        public void Write(Utf8JsonWriter writer, JsonElement element, string name, int allowance)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    WriteObject(writer, element, allowance);
                    break;
                case JsonValueKind.Array:
                    WriteArray(writer, element, name, allowance);
                    break;
                case JsonValueKind.String:
                    writer.WriteStringValue(Text(name, element.GetString()!));
                    break;
                default:
                    element.WriteTo(writer);
                    break;
            }
        }

        private void WriteObject(Utf8JsonWriter writer, JsonElement element, int allowance)
        {
            // Small properties take what they need; the large ones share what is left.
            var sizes = element.EnumerateObject().Select(p => Size(p.Value)).ToList();
            var share = Share(sizes, allowance - sizes.Count * 8);
            writer.WriteStartObject();
            foreach (var property in element.EnumerateObject())
            {
                writer.WritePropertyName(masker is null ? property.Name : masker.Mask(property.Name));
                Write(writer, property.Value, property.Name, share);
            }

            writer.WriteEndObject();
        }

        private void WriteArray(Utf8JsonWriter writer, JsonElement element, string name, int allowance)
        {
            writer.WriteStartArray();
            var kept = 0;
            var left = allowance;
            var total = element.GetArrayLength();
            foreach (var item in element.EnumerateArray())
            {
                var size = Size(item) + 1;
                if (size > left && kept > 0)
                {
                    break;
                }

                Write(writer, item, name, left);
                left = (int)Math.Max(left - size, 0);
                kept++;
            }

            writer.WriteEndArray();
            if (kept < total)
            {
                var before = shortened.GetValueOrDefault(name);
                shortened[name] = (before.Kept + kept, before.Of + total);
            }
        }

        /// <summary>The largest allowance per value with which all of them fit.</summary>
        private static int Share(List<long> sizes, int allowance)
        {
            sizes.Sort();
            long left = Math.Max(allowance, 0);
            for (var i = 0; i < sizes.Count; i++)
            {
                var share = left / (sizes.Count - i);
                if (sizes[i] > share)
                {
                    return (int)share;
                }

                left -= sizes[i];
            }

            return int.MaxValue;
        }

        /// <summary>Bytes that the value takes once its strings are cut, without building it.</summary>
        private long Size(JsonElement element)
        {
            var raw = JsonMarshal.GetRawUtf8Value(element).Length;
            return raw <= maxString ? raw : element.ValueKind switch
            {
                JsonValueKind.String => Math.Min(raw, maxString + Cut.Length + 2),
                JsonValueKind.Array => element.EnumerateArray().Sum(e => Size(e) + 1) + 1,
                JsonValueKind.Object => element.EnumerateObject().Sum(p => Size(p.Value) + p.Name.Length + 4) + 1,
                _ => raw,
            };
        }

        private string Text(string name, string text)
        {
            var masked = masker is null ? text : masker.MaskValue(name, text);
            if (masked.Length <= maxString)
            {
                return masked;
            }

            cutStrings++;
            // Not inside a surrogate pair.
            var end = char.IsHighSurrogate(masked[maxString - 1]) ? maxString - 1 : maxString;
            return masked[..end] + Cut;
        }
    }
}
