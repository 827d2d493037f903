using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Translation;

/// <summary>Turns a question in plain words into queries by rules alone. Pure, deterministic, safe for many callers.</summary>
public static class QueryTranslator
{
    /// <summary>What the question means; no source is asked.</summary>
    public static Understanding Understand(string question, TranslationContext context) => QuestionReader.Read(question, context);
}
