using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Serialization;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Audit;

/// <summary>Writes records to a response as they are read: JSON lines, or CSV (RFC 4180) that no spreadsheet takes for formulas.</summary>
public static class AuditExport
{
    private const int FlushEvery = 64 * 1024;

    public static async Task WriteAsync(IAsyncEnumerable<AuditRecord> records, bool csv, HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl";
        Attachment.Name(response, csv ? "audit.csv" : "audit.jsonl");
        var text = new StringBuilder(csv ? "id,at,actor,actorName,actorKind,from,correlationId,action,target,outcome,details\r\n" : "");
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            var entry = AuditEntry.Of(record);
            if (csv)
            {
                AppendRow(text, entry);
            }
            else
            {
                text.Append(JsonSerializer.Serialize(entry, NightwatchJson.Options)).Append('\n');
            }

            if (text.Length > FlushEvery)
            {
                await response.WriteAsync(text.ToString(), cancellationToken);
                text.Clear();
            }
        }

        await response.WriteAsync(text.ToString(), cancellationToken);
    }

    /// <summary>One row; details as one cell of JSON.</summary>
    internal static void AppendRow(StringBuilder text, AuditEntry entry)
    {
        text.Append(new CsvText().Row(
            entry.Id, entry.At.ToString("O", CultureInfo.InvariantCulture), entry.Actor, entry.ActorName, entry.ActorKind, entry.From, entry.CorrelationId,
            entry.Action, entry.Target, JsonNamingPolicy.SnakeCaseLower.ConvertName(entry.Outcome.ToString()), JsonSerializer.Serialize(entry.Details, NightwatchJson.Options)));
    }
}
