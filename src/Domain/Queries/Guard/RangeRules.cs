using System.Globalization;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.Guard;

/// <summary>What the policy says of a query's times, in either language.</summary>
internal static class RangeRules
{
    internal static void Check(QueryRange? range, QueryPolicy policy, List<GuardFinding> findings)
    {
        if (range is not { } times)
        {
            return;
        }

        if (times.Length > policy.MaxRange || times.Length < TimeSpan.Zero)
        {
            findings.Add(new GuardFinding(
                GuardCodes.RangeTooLong, $"the range of {QueryDuration.Format(times.Length)} is not between 0s and {QueryDuration.Format(policy.MaxRange)}", default));
        }

        if (!(times.Points <= policy.MaxPoints))
        {
            var shortest = QueryDuration.Format((long)Math.Ceiling(times.Length.TotalMilliseconds / Math.Max(1, policy.MaxPoints - 1)));
            findings.Add(new GuardFinding(
                GuardCodes.TooManyPoints,
                string.Create(CultureInfo.InvariantCulture, $"a step of {QueryDuration.Format(times.Step)} gives more than {policy.MaxPoints} points; take at least {shortest}"),
                default));
        }
    }
}
