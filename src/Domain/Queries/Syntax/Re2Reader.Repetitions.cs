namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>What repeats the operand before it.</summary>
internal sealed partial class Re2Reader
{
    /// <param name="before">Where the repetition directly before this one begins; -1 without one.</param>
    private Re2Node Repeated(Re2Node operand, int start, int before, int min, int max, bool counted)
    {
        literal = null;
        if (before >= 0)
        {
            Fail($"'{pattern[before..at]}' repeats a repetition; put the first into a group", start, at);
        }

        if (counted && (min > Re2Syntax.MaxRepeat || max > Re2Syntax.MaxRepeat || (max >= 0 && min > max)))
        {
            Fail($"'{pattern[start..at]}' repeats more than {Re2Syntax.MaxRepeat} times or has its numbers the wrong way round", start, at);
            return operand;
        }

        var node = operand.Times(min, max, counted);
        if (counted && (min >= 2 || max >= 2) && node.Repeat > Re2Syntax.MaxRepeat)
        {
            Fail($"repetitions within each other make more than {Re2Syntax.MaxRepeat}", start, at);
        }

        at += at < pattern.Length && pattern[at] == '?' ? 1 : 0;
        return node;
    }

    /// <summary>One of <c>* + ? {2} {2,} {2,3}</c>; a brace that begins no repetition is a character.</summary>
    private bool TryRepetition(out int min, out int max, out bool counted)
    {
        (min, max, counted) = (0, -1, false);
        switch (pattern[at])
        {
            case '*':
                at++;
                return true;
            case '+':
                at++;
                min = 1;
                return true;
            case '?':
                at++;
                max = 1;
                return true;
            case '{':
                counted = true;
                return TryCount(out min, out max);
            default:
                return false;
        }
    }

    private bool TryCount(out int min, out int max)
    {
        var i = at + 1;
        max = -1;
        if (!TryNumber(ref i, out min) || i >= pattern.Length)
        {
            return false;
        }

        if (pattern[i] == ',')
        {
            i++;
            if (i < pattern.Length && pattern[i] != '}' && !TryNumber(ref i, out max))
            {
                return false;
            }
        }
        else
        {
            max = min;
        }

        if (i >= pattern.Length || pattern[i] != '}')
        {
            return false;
        }

        at = i + 1;
        return true;
    }

    /// <summary>A number without leading zeros, as Go reads it; one of more than eight digits is too large in any case.</summary>
    private bool TryNumber(ref int i, out int number)
    {
        var start = i;
        number = 0;
        while (i < pattern.Length && char.IsAsciiDigit(pattern[i]))
        {
            number = i - start > 8 ? int.MaxValue : (number * 10) + (pattern[i] - '0');
            i++;
        }

        return i > start && !(pattern[start] == '0' && i - start > 1);
    }
}
