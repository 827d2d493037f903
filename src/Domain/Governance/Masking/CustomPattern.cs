using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>A pattern of an owner. It runs without backtracking, so it stays linear whatever text it meets; it sees one line at a time.</summary>
public sealed partial class CustomPattern
{
    private const int MaxLength = 512;
    private const int MaxRepeats = 4096;
    private readonly Regex regex;

    private CustomPattern(string name, string pattern, Regex regex)
    {
        Name = name;
        Pattern = pattern;
        this.regex = regex;
    }

    /// <summary>What stands in the text instead of the match: [masked NAME].</summary>
    public string Name { get; }

    public string Pattern { get; }

    /// <summary>
    /// Compiles the pattern, or says why not: a name is lower case with dashes (at most 32 characters); a pattern has at most 512 characters, no look-around or
    /// back-reference, counted repeats whose product is at most 4,096, and does not match the empty text.
    /// </summary>
    public static bool TryCreate(string name, string pattern, [NotNullWhen(true)] out CustomPattern? created, [NotNullWhen(false)] out string? error)
    {
        created = null;
        error = !NameForm().IsMatch(name) ? "a name has 1 to 32 lower-case letters, digits and dashes"
            : pattern.Length is 0 or > MaxLength ? $"a pattern has 1 to {MaxLength} characters"
            : Repeats(pattern) > MaxRepeats ? $"counted repeats multiply to more than {MaxRepeats}"
            : null;
        if (error is not null)
        {
            return false;
        }

        try
        {
            var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            if (regex.IsMatch(""))
            {
                error = "the pattern matches the empty text";
                return false;
            }

            created = new CustomPattern(name, pattern, regex);
            return true;
        }
        catch (RegexParseException broken)
        {
            error = broken.Message;
        }
        catch (NotSupportedException)
        {
            error = "look-around, back-references and atomic groups are not allowed";
        }

        return false;
    }

    internal void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        foreach (var match in regex.EnumerateMatches(text))
        {
            if (match.Length > 0)
            {
                found.Add(match.Index, match.Length, SensitiveData.Custom, Name);
            }
        }
    }

    private static long Repeats(string pattern)
    {
        long product = 1;
        foreach (var counts in CountedRepeat().EnumerateMatches(pattern))
        {
            var largest = 1L;
            foreach (var part in pattern.AsSpan(counts.Index + 1, counts.Length - 2).ToString().Split(','))
            {
                largest = Math.Max(largest, part.Length > 6 ? MaxRepeats + 1 : part.Length == 0 ? 1 : long.Parse(part, System.Globalization.CultureInfo.InvariantCulture));
            }

            product = Math.Min(product * largest, MaxRepeats + 1);
        }

        return product;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,31}$", RegexOptions.NonBacktracking)]
    private static partial Regex NameForm();

    [GeneratedRegex(@"\{[0-9]+(,[0-9]*)?\}", RegexOptions.NonBacktracking)]
    private static partial Regex CountedRepeat();
}
