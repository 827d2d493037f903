using System.Globalization;
using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Investigations.Writing;

/// <summary>
/// Checks that a text says no number that the evidence does not hold. A number is held when it is a fact, rounded as it is printed or within half a
/// percent, in a usual unit of the fact's (a share as percent, seconds as milliseconds, minutes or hours, bytes as KiB to GiB or kB to GB); a time or a
/// date of the evidence; or part of a name that the evidence holds (payment-7f9, 1.4.2). What log lines and annotations say are no facts.
/// </summary>
public sealed partial class GroundedNumbers
{
    private static readonly double[] Scales = [1, 1024, 1048576, 1073741824, 1e3, 1e6, 1e9];

    private readonly List<double> values = [];
    private readonly HashSet<string> times = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    public GroundedNumbers(Investigation investigation, IReadOnlyList<Evidence> evidence, Conclusion conclusion)
    {
        foreach (var fact in evidence.SelectMany(e => e.Facts))
        {
            AddValue(fact);
            AddTime(fact.At);
            AddNames(fact.Labels?.Values);
        }

        foreach (var item in evidence.SelectMany(e => e.Items))
        {
            AddTime(item.At);
            if (item.Kind is "deployment" or "rollback" or "restart" or "creation")
            {
                AddNames(item.Labels.Values);
                AddNames([item.Text]);
            }
        }

        AddSubject(investigation);
        AddConclusion(evidence, conclusion);
    }

    /// <summary>The first number of the text that the evidence does not hold, or null.</summary>
    public string? FirstUnknown(string text)
    {
        var rest = Dates().Replace(text, m => times.Contains(m.Value) || times.Contains(m.Value.Replace('T', ' ').TrimEnd('Z')) ? " " : m.Value);
        foreach (Match match in Words().Matches(rest))
        {
            var word = match.Value.Trim('.', ',', ':', ';', '-', '/', '_', '(', ')');
            if (!word.Any(char.IsNumber) || names.Contains(word) || times.Contains(word) || Jargon().IsMatch(word))
            {
                continue;
            }

            if (Number().Match(word) is not { Success: true } number || !IsKnown(number.Groups["number"].Value))
            {
                return word;
            }
        }

        return null;
    }

    private bool IsKnown(string printed)
    {
        var text = printed.Replace(",", "", StringComparison.Ordinal);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        var decimals = text.IndexOf('.') is var dot and >= 0 ? text.Length - dot - 1 : 0;
        var half = (0.5 * Math.Pow(10, -decimals)) + 1e-9;

        // Rounding to a whole number is sensible from ten on; below it, half a unit would let most numbers pass.
        var allowed = decimals == 0 && Math.Abs(value) < 10 ? Math.Abs(value) * 0.005 : half;
        return values.Exists(
            known => Math.Abs(Math.Abs(known) - Math.Abs(value)) <= Math.Max(Math.Min(allowed, Math.Abs(value) * 0.06), Math.Abs(value) * 0.005) + 1e-9);
    }

    private void AddValue(Fact fact)
    {
        values.Add(fact.Value);
        switch (fact.Unit)
        {
            case "ratio":
                values.Add(fact.Value * 100);
                break;
            case "seconds" or "seconds_from_start":
                values.AddRange([fact.Value * 1000, fact.Value * 1e6, fact.Value / 60, fact.Value / 3600]);
                break;
            case "milliseconds":
                values.Add(fact.Value / 1000);
                break;
            case "bytes" or "bytes_per_second" or "bytes_per_hour":
                values.AddRange(Scales.Select(s => fact.Value / s));
                break;
            default:
                break;
        }
    }

    private void AddSubject(Investigation investigation)
    {
        AddTime(investigation.ClaimedAt);
        AddTime(investigation.Subject?.StartsAt);
        AddNames(investigation.Subject?.Labels.Values);
        AddNames([investigation.Id, investigation.IncidentId, .. investigation.Steps.Select(s => s.Id), .. investigation.Steps.Select(s => Evidence.IdOf(investigation.Id, s.Id))]);
        if (Queries.AlertExpression.Read(investigation.Subject?.Expression)?.Threshold is { } threshold)
        {
            values.AddRange([threshold, threshold * 100, threshold * 1000]);
        }
    }

    private void AddConclusion(IReadOnlyList<Evidence> evidence, Conclusion conclusion)
    {
        values.AddRange(conclusion.Hypotheses.SelectMany(h => new[] { h.Confidence, h.Confidence * 100 }));
        values.AddRange([evidence.Count, conclusion.Hypotheses.Count, conclusion.NotChecked.Count]);
        AddNames(conclusion.Hypotheses.Select(h => h.Component));
    }

    private void AddTime(DateTimeOffset? at)
    {
        if (at is { } time)
        {
            foreach (var format in new[] { "HH:mm:ss", "HH:mm", "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy" })
            {
                times.Add(time.ToUniversalTime().ToString(format, CultureInfo.InvariantCulture));
            }
        }
    }

    private void AddNames(IEnumerable<string>? texts)
    {
        foreach (var text in texts ?? [])
        {
            // A whole name, and what it falls into when a sentence is split. A bare number is no name: it has to be a fact.
            foreach (var word in Words().Matches(text.Length <= 300 ? text : "").Select(
                m => m.Value.Trim('.', ',', ':', ';', '-', '/', '_', '(', ')')).Where(w => !Plain().IsMatch(w)))
            {
                names.Add(word);
            }
        }
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?", RegexOptions.NonBacktracking)]
    private static partial Regex Dates();

    [GeneratedRegex(@"[\p{L}\p{N}_.,:/\-]+", RegexOptions.NonBacktracking)]
    private static partial Regex Words();

    [GeneratedRegex(
        @"^[+\-~]?(?<number>\d+(,\d{3})*(\.\d+)?)(%|x|s|ms|µs|us|m|min|h|d|[KMGT]i?B|kB|B|/s|/min|/h|st|nd|rd|th|req/s)?$", RegexOptions.NonBacktracking)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[0-9,]*\.?[0-9]*$", RegexOptions.NonBacktracking)]
    private static partial Regex Plain();

    [GeneratedRegex(
        @"^(p5[05]|p9[0-9]|p99\.9|[1-5]xx|95th|99th|50th|HTTP/[12](\.[01])?|UTF-8|L[47]|IPv[46])$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Jargon();
}
