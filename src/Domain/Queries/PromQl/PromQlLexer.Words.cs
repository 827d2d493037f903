namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Words, numbers and durations.</summary>
internal sealed partial class PromQlLexer
{
    private PromQlToken Word()
    {
        var start = at;
        var colons = false;
        while (at < query.Length && (IsWordCharacter(query[at]) || query[at] == ':'))
        {
            colons |= query[at++] == ':';
        }

        var kind = colons ? PromQlTokenKind.MetricIdentifier : PromQlWords.Kind(query.AsSpan(start, at - start), dialect);
        if (kind is PromQlTokenKind.Fill or PromQlTokenKind.FillLeft or PromQlTokenKind.FillRight && !ParenFollows())
        {
            kind = PromQlTokenKind.Identifier;
        }

        return new PromQlToken(kind, start, at);
    }

    private bool ParenFollows()
    {
        var rest = query.AsSpan(at).TrimStart(" \t\r\n");
        return !rest.IsEmpty && rest[0] == '(';
    }

    /// <summary>A colon, and in 3.x the four words that durations know.</summary>
    private PromQlToken InBrackets()
    {
        var start = at;
        if (query[at] == ':' || !IsV3)
        {
            // 2.42 takes any one letter for the colon. That is an oversight there, but such queries do run.
            if (colon || (freshBracket && !(IsV3 && durationSeen)))
            {
                return Failed(colon ? "a second ':' stands in these brackets; a subquery is [range:step]" : "a range is missing before ':'; a subquery is [range:step], as in [1h:5m]", at, 1);
            }

            colon = true;
            return Token(PromQlTokenKind.Colon);
        }

        while (at < query.Length && (char.IsAsciiLetter(query[at]) || query[at] == '_'))
        {
            at++;
        }

        var kind = PromQlWords.Kind(query.AsSpan(start, at - start), dialect);
        return kind is PromQlTokenKind.Step or PromQlTokenKind.Range or PromQlTokenKind.MaxOf or PromQlTokenKind.MinOf
            ? new PromQlToken(kind, start, at)
            : Failed($"'{Short(start, at)}' is no part of a duration; write a number and a unit, as in 5m or 1h30m", start, at - start);
    }

    private PromQlToken NumberOrDuration()
    {
        var start = at;
        var isNumber = IsV3 ? PromQlNumber.Scan(query, ref at) : PromQlNumber.ScanOld(query, ref at);
        var wantsUnit = !IsV3 && freshBracket;
        (freshBracket, durationSeen) = (false, durationSeen || brackets);
        if (isNumber && !wantsUnit)
        {
            return new PromQlToken(PromQlTokenKind.Number, start, at);
        }

        if (isNumber || !RestOfDuration())
        {
            while (at < query.Length && (IsWordCharacter(query[at]) || query[at] == '.'))
            {
                at++;
            }

            return Failed(
                isNumber ? $"'{Short(start, at)}' has no unit; write a duration such as 5m" : $"'{Short(start, at)}' is neither a number nor a duration such as 5m or 1h30m", start, at - start);
        }

        return new PromQlToken(PromQlTokenKind.Duration, start, at);
    }

    private bool RestOfDuration()
    {
        if (!Accept("smhdwy"))
        {
            return false;
        }

        Accept("s");
        while (at < query.Length && char.IsAsciiDigit(query[at]))
        {
            while (at < query.Length && char.IsAsciiDigit(query[at]))
            {
                at++;
            }

            if (!Accept("smhdw"))
            {
                return false;
            }

            Accept("s");
        }

        return at >= query.Length || !IsWordCharacter(query[at]);
    }

    private bool Accept(string characters)
    {
        var found = at < query.Length && characters.Contains(query[at], StringComparison.Ordinal);
        at += found ? 1 : 0;
        return found;
    }

    private string Short(int start, int end) => end - start <= 40 ? query[start..end] : string.Concat(query.AsSpan(start, 40), "...");
}
