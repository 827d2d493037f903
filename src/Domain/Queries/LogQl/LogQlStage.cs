using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>One step of a log pipeline.</summary>
public abstract record LogQlStage : LogQlNode;

/// <summary>
/// <c>|= "a" or "b"</c>: a line is kept when it matches any of the texts; with a negative match (<c>!=</c>, <c>!~</c>, <c>!></c>), when it matches none.
/// </summary>
public sealed record LineFilterStage(LineMatch Match, SyntaxList<LineFilterText> Texts) : LogQlStage;

/// <summary>What a line filter looks for.</summary>
/// <param name="IsIp">Whether it is an address, range or CIDR within <c>ip("...")</c>.</param>
public sealed record LineFilterText(string Text, bool IsIp = false) : LogQlNode;

/// <summary><c>| json</c>, or with expressions only the values they name.</summary>
public sealed record JsonStage(SyntaxList<LabelExtraction> Extractions) : LogQlStage;

/// <summary><c>| logfmt</c>, or with expressions only the values they name.</summary>
/// <param name="Strict"><c>--strict</c>: a line that is no logfmt is an error.</param>
/// <param name="KeepEmpty"><c>--keep-empty</c>: keys without a value are kept.</param>
public sealed record LogfmtStage(bool Strict, bool KeepEmpty, SyntaxList<LabelExtraction> Extractions) : LogQlStage;

/// <summary>The label that gets a value, and where the value stands in the line.</summary>
public sealed record LabelExtraction(string Label, string Expression) : LogQlNode;

/// <summary><c>| pattern "&lt;ip&gt; - &lt;_&gt;"</c>.</summary>
public sealed record PatternStage(string Pattern) : LogQlStage;

/// <summary><c>| regexp "(?P&lt;name&gt;...)"</c>.</summary>
public sealed record RegexpStage(string Pattern) : LogQlStage;

/// <summary><c>| unpack</c>.</summary>
public sealed record UnpackStage : LogQlStage;

/// <summary><c>| decolorize</c>.</summary>
public sealed record DecolorizeStage : LogQlStage;

/// <summary><c>| line_format "{{.method}}"</c>: a template of Go's text/template.</summary>
public sealed record LineFormatStage(string Template) : LogQlStage;

/// <summary><c>| label_format a=b, c="{{.d}}"</c>.</summary>
public sealed record LabelFormatStage(SyntaxList<LabelFormat> Formats) : LogQlStage;

/// <summary>A label that is renamed or made.</summary>
/// <param name="Value">The label that is renamed, or a template.</param>
public sealed record LabelFormat(string Label, string Value, bool IsRename) : LogQlNode;

/// <summary><c>| drop a, b="x"</c>.</summary>
public sealed record DropStage(SyntaxList<LabelChoice> Labels) : LogQlStage;

/// <summary><c>| keep a, b="x"</c>.</summary>
public sealed record KeepStage(SyntaxList<LabelChoice> Labels) : LogQlStage;

/// <summary>A label that is dropped or kept, always or only where it matches.</summary>
public sealed record LabelChoice(string Label, MatcherSyntax? Matcher) : LogQlNode;

/// <summary><c>| status >= 500 or level = "error"</c>.</summary>
public sealed record LabelFilterStage(LabelFilter Filter) : LogQlStage;
