using System.Text;
using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Governance.Injection;

/// <summary>
/// Recognises text that speaks to a language model instead of about a system: orders to forget its instructions, borrowed chat markup, calls of tools,
/// requests to give things away, hidden characters. It warns and keeps such text from the model; nothing rests on it, since what a model says never gets a
/// permission, a number or an effect by itself (docs/threat-model.md).
/// </summary>
public static partial class InjectionScan
{
    /// <summary>Characters looked at; what follows is scanned in further pieces of this size.</summary>
    private const int Piece = 16 * 1024;

    private const int Overlap = 256;

    /// <summary>What stands in the place of such text when it goes to a model.</summary>
    public const string Withheld = "[withheld: this text speaks to the reader as if it were an instruction]";

    /// <summary>Why the text is suspicious, in one or two words; null when it is not.</summary>
    public static string? Find(string text)
    {
        if (HasHiddenText(text))
        {
            return "hidden characters";
        }

        for (var start = 0; start == 0 || start + Overlap < text.Length; start += Piece - Overlap)
        {
            var piece = Plain(text.AsSpan(start, Math.Min(Piece, text.Length - start)));
            if (FindIn(piece) is { } why)
            {
                return why;
            }
        }

        return null;
    }

    /// <summary>The text as it may go to a model.</summary>
    public static string ForModel(string text) => Find(text) is null ? text : Withheld;

    private static string? FindIn(string text) =>
        Overriding().IsMatch(text) ? "overriding instructions"
        : Markup().IsMatch(text) ? "chat markup"
        : Persona().IsMatch(text) ? "a new role"
        : ToolUse().IsMatch(text) ? "a call of a tool"
        : GivingAway().IsMatch(text) ? "a request to give something away"
        : null;

    /// <summary>Tag characters, which no eye sees, and runs of characters without width.</summary>
    private static bool HasHiddenText(string text)
    {
        var run = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\uDB40' && i + 1 < text.Length && text[i + 1] is >= '\uDC00' and <= '\uDC7F')
            {
                return true;
            }

            run = IsInvisible(text[i]) ? run + 1 : 0;
            if (run >= 4)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInvisible(char c) => c is '\u200b' or '\u200c' or '\u200d' or '\u2060' or '\ufeff' or '\u00ad' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    /// <summary>Without invisible characters, wide letters made plain, blanks and the usual word separators made one blank.</summary>
    private static string Plain(ReadOnlySpan<char> text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var raw in text)
        {
            var c = raw is >= '\uff01' and <= '\uff5e' ? (char)(raw - 0xfee0) : raw;
            if (IsInvisible(c))
            {
                continue;
            }

            if (char.IsWhiteSpace(c) || c is '_' or '*' or '"' or '\'' or '`')
            {
                if (plain.Length > 0 && plain[^1] != ' ')
                {
                    plain.Append(' ');
                }

                continue;
            }

            plain.Append(c);
        }

        return plain.ToString();
    }

    [GeneratedRegex(
        @"\b(ignore|disregard|forget|override|bypass|do not follow|stop following)( (all|any|every|everything|the|your|my|of|these|those|this|previous|prior|above|earlier|other|safety|system|preceding|initial|original|you|were|been|have|that)){1,8} (instructions?|prompts?|rules|guidelines?|guardrails?|directives?|orders|messages?|told|context|restrictions?)\b|\b(vergiss|ignoriere|missachte)\b.{0,40}\b(anweisung|vorgabe|regel)|\b(oublie[zr]?|ignore[zr]?)\b.{0,30}\b(consignes?|instructions)|\b(olvida|ignora)\b.{0,40}\binstrucciones|\b(disregard|ignore) the above\b|\bnew (system )?instructions?\b ?:|\b(important|urgent) (new )?instructions? (for|to) (the |you|any |all )?(ai|assistant|model|agent|llm)",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Overriding();

    [GeneratedRegex(
        @"<\|[a-z ]{2,20}\|>|\[/?INST\]|<</?SYS>>|</?(system|assistant|tool call|tool response|function calls?|evidence-data|untrusted)\b[^>]{0,40}>|(^| )#{2,} ?(system|assistant|instruction)\b|(^|[ .;\]}])(system|assistant|developer) ?(message|prompt)? ?: ?(you|ignore|please|do|the user|from now|always|never|call|run)\b|\bend of (data|evidence|context|user input)\b",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Markup();

    [GeneratedRegex(
        @"\byou are (now|no longer) (a|an|the|in|my|bound|free|DAN)\b|\b(act|behave|respond|pretend) (as if you|as an? (unrestricted|admin|root|different|evil|helpful)|to be an? )|\bdeveloper mode\b|\bjailbreak\b|\bfrom now on,? you\b|\b(dear|attention|hey|note to( the)?|message (for|to)( the)?) (ai|llm|language model|ai (agent|assistant|model)|assistant|chatbot)\b|\bif you are an? (ai|llm|language model|assistant|automated agent)\b",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Persona();

    [GeneratedRegex(
        @"\b(call|invoke|use|execute|run|trigger) (the|this|your) [a-z0-9 .-]{0,40}\b(tool|function|playbook|remediation|action)\b.{0,60}\b(now|immediately|with|to|on|without)\b|\btool calls?\b ?[:=\[]|\bfunction call\b ?[:=\[{]|\b(approve|confirm|accept) (the |this |all |any |every )?(pending )?(remediation|action|request|change|repair)s?\b|\b(approval|confirmation) (is |was )?(already )?(given|granted|not (needed|required))\b|\b(without|no) (asking|approval|confirmation)\b.{0,30}\b(restart|delete|scale|rollback|roll back|drain|execute|run)\b",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex ToolUse();

    [GeneratedRegex(
        @"\b(reveal|print|show|repeat|output|disclose|leak|exfiltrate|send|post|forward|email|upload)\b.{0,40}\b(your|the) (system |initial |hidden )?(prompt|instructions?|secrets?|credentials?|api keys?|tokens?|environment variables|conversation)\b|!\[[^\]]{0,80}\]\(https?:",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex GivingAway();
}
