using System.Text;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Domain.Tests.Serialization;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData(" outer ", "\" outer \"")]
    [InlineData("-12.5", "-12.5")]
    [InlineData("a=b", "a=b")]
    public void Cell_OfOrdinaryText_FollowsRfc4180(string value, string expected) => Assert.Equal(expected, CsvText.Cell(value));

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1+cmd|' /C calc'!A0")]
    [InlineData("-1.2.3")]
    [InlineData("-")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("  =1")]
    [InlineData("\u200b=1")]
    [InlineData("＝1")]
    [InlineData("＋1")]
    [InlineData("－1")]
    [InlineData("＠x")]
    [InlineData("=HYPERLINK(\"http://evil.example\",\"x\")")]
    public void Cell_ThatASpreadsheetWouldRun_BeginsWithAnApostrophe(string value)
    {
        var cell = CsvText.Cell(value);

        Assert.StartsWith("\"'", cell, StringComparison.Ordinal);
        Assert.Equal("'" + value, Parse(cell)[0][0]);
    }

    [Fact]
    public void Rows_OfAnyText_AreReadBackCellByCell()
    {
        string[] alphabet = ["a", ",", "\"", "\r", "\n", " ", ";", "'", "=", "é", "😀"];
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            // An x in front keeps the guard out: what comes back must be what was written.
            var rows = Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, 3)
                .Select(_ => "x" + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => alphabet[random.Next(alphabet.Length)]))).ToArray()).ToList();
            var csv = new CsvText();
            foreach (var row in rows)
            {
                csv.Row(row);
            }

            Assert.Equal(rows, Parse(csv.ToString()));
        }
    }

    /// <summary>RFC 4180, as a reader sees it.</summary>
    private static List<string[]> Parse(string text)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    cell.Append(text[i++]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    row.Add(cell.ToString());
                    cell.Clear();
                    break;
                case '\r' when !quoted && i + 1 < text.Length && text[i + 1] == '\n':
                    i++;
                    rows.Add([.. row, cell.ToString()]);
                    row.Clear();
                    cell.Clear();
                    break;
                default:
                    cell.Append(text[i]);
                    break;
            }
        }

        return row.Count > 0 || cell.Length > 0 ? [.. rows, [.. row, cell.ToString()]] : rows;
    }
}
