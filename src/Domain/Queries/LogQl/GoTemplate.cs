using System.Collections.Frozen;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>
/// Whether Loki would take a template of line_format or label_format: the syntax of Go's text/template, the functions that Loki gives to templates, and variables
/// that exist. Nothing is executed. Sources: the documentation of text/template, and Loki's "Template functions".
/// </summary>
internal sealed class GoTemplate
{
    private const int MaxDepth = 100;

    private static readonly FrozenSet<string> Functions = (
        "and call html index slice js len not or print printf println urlquery eq ge gt le lt ne "
        + "ToLower ToUpper Replace Trim TrimLeft TrimRight TrimPrefix TrimSuffix TrimSpace regexReplaceAll regexReplaceAllLiteral count urldecode urlencode "
        + "bytes duration duration_seconds unixEpochMillis unixEpochNanos toDateInZone unixToTime alignLeft alignRight b64dec b64enc lower upper title trunc "
        + "substr contains hasPrefix hasSuffix indent nindent replace repeat trim trimAll trimSuffix trimPrefix int float64 add sub mul div mod addf subf mulf "
        + "divf max min maxf minf ceil floor round fromJson date toDate now unixEpoch default __line__ __timestamp__").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private readonly GoTemplateLexer lexer;
    private readonly List<string> variables = ["$"];
    private GoTemplateToken token;
    private string? problem;
    private int depth;
    private int loops;

    private GoTemplate(string text) => lexer = new GoTemplateLexer(text);

    /// <summary>What is wrong with the template; null when nothing is.</summary>
    internal static string? ProblemOf(string text)
    {
        if (!text.Contains("{{", StringComparison.Ordinal))
        {
            return null;
        }

        var template = new GoTemplate(text);
        template.Take();
        var end = template.List();
        if (end.Length > 0)
        {
            template.Fail($"{{{{{end}}}}} stands here without an if, with or range");
        }

        return template.problem;
    }

    private bool Failed => problem is not null;

    private void Fail(string message) => problem ??= message;

    private void Take()
    {
        token = lexer.Next();
        if (token == GoTemplateToken.Wrong)
        {
            Fail(lexer.Problem);
        }
    }

    private void SkipSpace()
    {
        if (token == GoTemplateToken.Space)
        {
            Take();
        }
    }

    /// <summary>Text and actions up to an end or else, or the end of the template.</summary>
    /// <returns>"end" or "else", both with the word taken; empty at the template's end.</returns>
    private string List()
    {
        while (!Failed && token != GoTemplateToken.End)
        {
            if (token != GoTemplateToken.Open)
            {
                Take();
                continue;
            }

            Take();
            SkipSpace();
            var word = token == GoTemplateToken.Word ? lexer.Value.ToString() : "";
            if (word is "end" or "else")
            {
                Take();
                return word;
            }

            Action(word);
        }

        return "";
    }

    private void Action(string word)
    {
        switch (word)
        {
            case "if" or "with" or "range":
                Take();
                Branch(word);
                break;
            case "define" or "block":
                Take();
                Named(word == "block");
                break;
            case "template":
                Take();
                Name();
                if (token != GoTemplateToken.Close)
                {
                    Pipeline(GoTemplateToken.Close, false);
                }

                Close();
                break;
            case "break" or "continue":
                if (loops == 0)
                {
                    Fail($"{word} stands outside of range");
                }

                Take();
                SkipSpace();
                Close();
                break;
            default:
                Pipeline(GoTemplateToken.Close, false);
                Close();
                break;
        }
    }

    private void Close()
    {
        SkipSpace();
        if (token == GoTemplateToken.Close)
        {
            Take();
        }
        else
        {
            Fail("}} was expected");
        }
    }

    private void Branch(string word)
    {
        Enter();
        var known = variables.Count;
        Pipeline(GoTemplateToken.Close, word == "range");
        Close();
        loops += word == "range" ? 1 : 0;
        var end = List();
        loops -= word == "range" ? 1 : 0;
        if (end == "else" && !Failed)
        {
            end = Else(word);
        }

        if (end != "end")
        {
            Fail($"the {word} has no {{{{end}}}}");
        }
        else if (!elseChained)
        {
            Close();
        }

        elseChained = false;
        variables.RemoveRange(known, variables.Count - known);
        depth--;
    }

    /// <summary>An else with if or with shares the end of the branch that it follows, which is then taken already.</summary>
    private bool elseChained;

    private string Else(string word)
    {
        SkipSpace();
        if (token == GoTemplateToken.Word && ((word == "if" && lexer.Value is "if") || (word == "with" && lexer.Value is "with")))
        {
            Take();
            Branch(word);
            elseChained = true;
            return "end";
        }

        Close();
        return List() is var end && end == "end" ? end : "";
    }

    private void Named(bool withPipeline)
    {
        Enter();
        if (!withPipeline && depth > 1)
        {
            Fail("define stands only outside of other actions");
        }

        Name();
        if (withPipeline)
        {
            Pipeline(GoTemplateToken.Close, false);
        }

        Close();
        if (List() != "end")
        {
            Fail("the template within has no {{end}}");
        }

        Close();
        depth--;
    }

    private void Name()
    {
        SkipSpace();
        if (token != GoTemplateToken.Literal)
        {
            Fail("a template's name in quotes was expected");
        }

        Take();
        SkipSpace();
    }

    private void Enter()
    {
        if (++depth > MaxDepth)
        {
            Fail($"the template nests deeper than {MaxDepth} levels");
        }
    }

    private void Pipeline(GoTemplateToken end, bool isRange)
    {
        Enter();
        SkipSpace();
        if (token == GoTemplateToken.Variable)
        {
            Declaration(end, isRange);
        }
        else
        {
            Commands(end, null);
        }

        depth--;
    }

    /// <summary>A pipeline that begins with a variable: which it sets, or which is its first value.</summary>
    private void Declaration(GoTemplateToken end, bool isRange)
    {
        var first = lexer.Value.ToString();
        Take();
        var spaced = token == GoTemplateToken.Space;
        SkipSpace();
        string? second = null;
        if (isRange && token == GoTemplateToken.Comma)
        {
            Take();
            SkipSpace();
            second = token == GoTemplateToken.Variable ? lexer.Value.ToString() : null;
            if (second is null)
            {
                Fail("range sets at most two variables");
            }

            Take();
            SkipSpace();
        }

        if (token == GoTemplateToken.Declare || token == GoTemplateToken.Assign)
        {
            if (token == GoTemplateToken.Declare)
            {
                variables.Add(first);
                variables.Add(second ?? first);
            }
            else
            {
                Known(first);
            }

            Take();
            SkipSpace();
            Commands(end, null);
            return;
        }

        Known(first);
        Commands(end, spaced);
    }

    private void Known(string variable)
    {
        if (!variables.Contains(variable))
        {
            Fail($"the variable {variable} is not set");
        }
    }

    /// <summary>Commands with | between them.</summary>
    /// <param name="begun">Whether a first value has been read, and whether a space followed it; null when not.</param>
    private void Commands(GoTemplateToken end, bool? begun)
    {
        for (var stage = 0; !Failed; stage++)
        {
            if (stage > 0 && token is GoTemplateToken.Dot or GoTemplateToken.Literal or GoTemplateToken.Number)
            {
                Fail("a value cannot take what comes through |");
            }

            Arguments(end, stage == 0 ? begun : null);
            if (token != GoTemplateToken.Pipe)
            {
                break;
            }

            Take();
            SkipSpace();
        }

        if (token != end)
        {
            Fail("an argument, | or the end of the action was expected");
        }
    }

    private void Arguments(GoTemplateToken end, bool? begun)
    {
        var separated = begun ?? true;
        if (begun == false)
        {
            separated = Fields();
            SkipSpace();
        }

        var count = begun is null ? 0 : 1;
        while (!Failed && token != GoTemplateToken.Pipe && token != end)
        {
            if (!separated)
            {
                Fail("a space was expected between arguments");
                return;
            }

            Operand();
            count++;
            separated = token == GoTemplateToken.Space;
            SkipSpace();
        }

        if (count == 0)
        {
            Fail("an action or a stage of it has no value");
        }
    }

    private void Operand()
    {
        var plain = token is GoTemplateToken.Dot or GoTemplateToken.Literal or GoTemplateToken.Number;
        switch (token)
        {
            case GoTemplateToken.OpenParenthesis:
                Take();
                Pipeline(GoTemplateToken.CloseParenthesis, false);
                if (token != GoTemplateToken.CloseParenthesis)
                {
                    Fail(") was expected");
                }

                Take();
                break;
            case GoTemplateToken.Word:
                plain = lexer.Value is "true" or "false" or "nil";
                Function(lexer.Value.ToString(), plain);
                Take();
                break;
            case GoTemplateToken.Variable:
                Known(lexer.Value.ToString());
                Take();
                break;
            case GoTemplateToken.Field or GoTemplateToken.Dot or GoTemplateToken.Literal or GoTemplateToken.Number:
                Take();
                break;
            default:
                Fail("a field, a variable, a function or a value was expected");
                return;
        }

        if (plain && token == GoTemplateToken.Field)
        {
            Fail("a value has no fields");
        }

        Fields();
    }

    private void Function(string name, bool plain)
    {
        if (!plain && !Functions.Contains(name))
        {
            Fail($"there is no template function {(name.Length > 40 ? name[..40] + "..." : name)}");
        }
    }

    /// <summary>Takes fields that follow directly; whether a space stands behind them.</summary>
    private bool Fields()
    {
        while (token == GoTemplateToken.Field)
        {
            Take();
        }

        return token == GoTemplateToken.Space;
    }
}
