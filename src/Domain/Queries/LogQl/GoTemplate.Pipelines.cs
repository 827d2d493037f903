namespace Nightwatch.Domain.Queries.LogQl;

internal sealed partial class GoTemplate
{
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
