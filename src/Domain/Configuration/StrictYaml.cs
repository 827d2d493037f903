using Nightwatch.Domain.Alerts;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Nightwatch.Domain.Configuration;

/// <summary>Something wrong in a configuration file.</summary>
/// <param name="Line">From 1; 0 when it concerns the whole file.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record ConfigurationProblem(int Line, string Message)
{
    public override string ToString() => Line > 0 ? $"line {Line}: {Message}" : Message;
}

/// <summary>What a configuration file says, or all that is wrong with it. <see cref="Value"/> is null exactly when there are problems.</summary>
public sealed record Configured<T>(T? Value, IReadOnlyList<ConfigurationProblem> Problems)
    where T : class;

internal abstract record YamlValue(int Line);

internal sealed record YamlText(int Line, string Text) : YamlValue(Line);

internal sealed record YamlList(int Line, IReadOnlyList<YamlValue> Items) : YamlValue(Line);

internal sealed record YamlMap(int Line, IReadOnlyList<(string Key, int Line, YamlValue Value)> Entries) : YamlValue(Line);

/// <summary>
/// Reads the small part of YAML that configuration needs: maps, lists and text, one document. Anchors, aliases and tags are refused, and size, depth and
/// the number of values are bounded, so that no file can grow in memory.
/// </summary>
internal static class StrictYaml
{
    public const int MaxLength = 256 * 1024;
    private const int MaxDepth = 8;
    private const int MaxValues = 20_000;

    public static (YamlValue? Root, ConfigurationProblem? Problem) Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            return (null, new ConfigurationProblem(0, $"The file has {text.Length} characters; at most {MaxLength} are read."));
        }

        // YamlDotNet takes it for the end of the file: what stands behind it would be left out without a word.
        if (text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var zero)
        {
            return (null, new ConfigurationProblem(text.AsSpan(0, zero).Count('\n') + 1, "a NUL character stands here; remove it"));
        }

        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return (null, null);
            }

            parser.Consume<DocumentStart>();
            var values = 0;
            var root = ReadValue(parser, 0, ref values);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _)
                ? (root, null)
                : (null, new ConfigurationProblem(LineOf(parser.Current!), "a second document begins here; a file holds one"));
        }
        catch (RefusedException e)
        {
            return (null, new ConfigurationProblem(e.Line, e.Message));
        }
        catch (YamlException e)
        {
            return (null, new ConfigurationProblem((int)e.Start.Line, $"not YAML: {CleanText.Cut(CleanText.Line(e.Message), 200)}"));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner throws this, without a place, on some malformed flow collections, such as [a: {b?}x: -\t.
            return (null, new ConfigurationProblem(0, "not YAML: brackets and what stands in them do not fit together; write the value in quotes, or a list over several lines"));
        }
    }

    private static YamlValue ReadValue(IParser parser, int depth, ref int values)
    {
        if (parser.Current is null && !parser.MoveNext())
        {
            throw new RefusedException(0, "the file ends too early");
        }

        var current = parser.Current!;
        var line = LineOf(current);
        if (++values > MaxValues)
        {
            throw new RefusedException(line, $"the file holds more than {MaxValues} values");
        }

        if (depth > MaxDepth)
        {
            throw new RefusedException(line, $"nested deeper than {MaxDepth} levels");
        }

        if (current is AnchorAlias || current is NodeEvent { Anchor.IsEmpty: false })
        {
            throw new RefusedException(line, "anchors (&) and aliases (*) are not taken; write the value out, or put it in quotes");
        }

        if (current is NodeEvent { Tag.IsEmpty: false } tagged && !tagged.Tag.IsNonSpecific)
        {
            throw new RefusedException(line, "tags (!) are not taken; put the value in quotes");
        }

        parser.MoveNext();
        return current switch
        {
            Scalar scalar => new YamlText(line, scalar.Value),
            SequenceStart => ReadList(parser, line, depth, ref values),
            MappingStart => ReadMap(parser, line, depth, ref values),
            _ => throw new RefusedException(line, "a value is missing"),
        };
    }

    private static YamlList ReadList(IParser parser, int line, int depth, ref int values)
    {
        var items = new List<YamlValue>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadValue(parser, depth + 1, ref values));
        }

        return new YamlList(line, items);
    }

    private static YamlMap ReadMap(IParser parser, int line, int depth, ref int values)
    {
        var entries = new List<(string, int, YamlValue)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadValue(parser, depth + 1, ref values) is not YamlText key)
            {
                throw new RefusedException(line, "a key must be plain text");
            }

            if (!keys.Add(key.Text))
            {
                throw new RefusedException(key.Line, $"'{key.Text}' is given twice");
            }

            entries.Add((key.Text, key.Line, ReadValue(parser, depth + 1, ref values)));
        }

        return new YamlMap(line, entries);
    }

    private static int LineOf(ParsingEvent e) => (int)e.Start.Line;

    private sealed class RefusedException(int line, string message) : Exception(message)
    {
        public int Line { get; } = line;
    }
}
