using System.Text;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>
/// Masks a text that comes in pieces, as an answer of a model does. Whatever the pieces are, what comes out together is what masking the whole text gives: a
/// block (mostly a line) is held back until it is complete, at most <see cref="HeldAtMost"/> characters. One stream, one instance; not for several threads.
/// </summary>
public sealed class StreamingMasker(TextMasker masker, Pseudonyms? conversation = null)
{
    public const int HeldAtMost = TextBlocks.MaxLength;

    private char[] held = new char[1024];
    private int length;

    /// <summary>Takes the next piece; returns what is ready, often nothing.</summary>
    public string Push(ReadOnlySpan<char> piece)
    {
        if (piece.IsEmpty)
        {
            return "";
        }

        // A piece without the end of a line completes no block, unless the block is at its limit.
        var mayEnd = piece.Contains('\n') || length + piece.Length >= TextBlocks.MaxLength;
        if (length + piece.Length > held.Length)
        {
            Array.Resize(ref held, Math.Max(held.Length * 2, length + piece.Length));
        }

        piece.CopyTo(held.AsSpan(length));
        length += piece.Length;
        return mayEnd ? Release(complete: false) : "";
    }

    /// <summary>Takes the end of the text; returns the rest.</summary>
    public string Complete() => Release(complete: true);

    private string Release(bool complete)
    {
        var text = held.AsSpan(0, length);
        var result = new StringBuilder();
        var start = 0;
        while (start < length && TextBlocks.End(text, start, complete) is var end and >= 0)
        {
            var block = text[start..end];
            result.Append(masker.MaskBlock(block, conversation) ?? block.ToString());
            start = end;
        }

        text[start..].CopyTo(held);
        length -= start;
        return result.ToString();
    }
}
