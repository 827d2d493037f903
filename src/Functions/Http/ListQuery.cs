using System.Globalization;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Alerts;

namespace Nightwatch.Functions.Http;

/// <summary>The query parameters that every list takes; a parameter that cannot be read is an <see cref="ArgumentException"/> that names it.</summary>
public sealed class ListQuery(IQueryCollection query)
{
    private const int DefaultPageSize = 50;

    /// <summary>Answers with the page that <paramref name="list"/> finds, or with 400 and its complaint when it takes no such parameter.</summary>
    public static async Task<IResult> AnswerAsync<TItem>(
        IQueryCollection query, Func<ListQuery, Task<Listing<TItem>>> list, Func<Listing<TItem>, IResult> page)
    {
        try
        {
            return page(await list(new ListQuery(query)));
        }
        catch (ArgumentException wrong)
        {
            return Refused(wrong);
        }
    }

    /// <summary>The answer to a parameter that cannot be taken.</summary>
    public static IResult Refused(ArgumentException wrong)
    {
        // .NET puts the parameter's name behind the message; here it has a member of its own.
        var detail = wrong.Message.Replace($" (Parameter '{wrong.ParamName}')", "", StringComparison.Ordinal);
        return Answers.Problem(StatusCodes.Status400BadRequest, "A parameter is not acceptable", detail, wrong.ParamName);
    }

    public int PageSize => Text("pageSize") is not { } text ? DefaultPageSize
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size
        : throw Wrong("pageSize", $"pageSize must be a number, 1 to 1000; it is {Shown(text)}.");

    public string? ContinuationToken => Text("continuationToken");

    public string? Text(string name) => query.TryGetValue(name, out var values) && values.Count > 0 && values[0]!.Length > 0 ? values[0] : null;

    /// <summary>A whole number within bounds.</summary>
    public int? Number(string name, int least, int most) => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw Wrong(name, $"{name} must be a whole number from {least} to {most}; it is {Shown(text)}.");

    /// <summary>A text that is not too long.</summary>
    public string? Text(string name, int most) => Text(name) is { } text && text.Length > most ? throw Wrong(name, $"{name} must have at most {most} characters.") : Text(name);

    /// <summary>true or false; false when it is not there.</summary>
    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw Wrong(name, $"{name} must be true or false; it is {Shown(text)}."),
    };

    public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw Wrong(name, $"{name} must be a time such as 2026-11-21T03:00:00Z; it is {Shown(text)}.");

    /// <summary>One of the enum's names in lower case.</summary>
    public T? Choice<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var names = Enum.GetNames<T>();
        return names.FirstOrDefault(known => string.Equals(known, text, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse<T>(found)
            : throw Wrong(name, $"{name} must be one of {string.Join(", ", names.Select(n => n.ToLowerInvariant()))}; it is {Shown(text)}.");
    }

    private static ArgumentException Wrong(string parameter, string message) => new(message, parameter);

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "..." : text;
}
