using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Investigations;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Masking;

namespace Nightwatch.Functions.Investigations;

/// <summary>
/// Tells a client how an investigation grows. It reads the store by cursor, so it does not matter which process does the work, or whether one died.
/// </summary>
public sealed class InvestigationStream(ListProgress progress, ShownAnswers answers, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    /// <summary>Ends before the host's limit of 230 seconds; the client connects again with the last id it saw.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(200);

    public async Task WriteAsync(HttpRequest request, Caller caller, string investigationId, CancellationToken cancellationToken)
    {
        var events = new ServerSentEvents(request.HttpContext.Response);
        await events.StartAsync(cancellationToken);
        var cursor = request.Headers["Last-Event-ID"].ToString();
        var started = time.GetTimestamp();
        var lastSent = started;
        InvestigationStep? shown = null;
        // A stream that went on while the process stops would hold the stop up; its client connects to another process.
        while (time.GetElapsedTime(started) < Longest && !lifetime.ApplicationStopping.IsCancellationRequested && await progress.ReadAsync(
            caller, investigationId, cursor, cancellationToken) is { } now)
        {
            foreach (var evidence in now.Evidence)
            {
                await events.SendAsync("evidence", null, answers.Line(evidence), cancellationToken);
            }

            var step = new InvestigationStep(now.Status, now.StepsPlanned, now.StepsAnswered);
            if (now.Evidence.Count > 0 || step != shown)
            {
                // Only here does the id move on: a client that lost the connection between two pieces of evidence gets both again.
                await events.SendAsync("status", now.Cursor, answers.Line(step), cancellationToken);
                (cursor, shown, lastSent) = (now.Cursor, step, time.GetTimestamp());
            }

            if (now.Done)
            {
                await events.SendAsync("concluded", now.Cursor, answers.Line(now.Conclusion), cancellationToken);
                return;
            }

            if (time.GetElapsedTime(lastSent) > HeartbeatEvery)
            {
                await events.HeartbeatAsync(cancellationToken);
                lastSent = time.GetTimestamp();
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}

/// <summary>How far an investigation is.</summary>
public sealed record InvestigationStep(InvestigationStatus Status, int StepsPlanned, int StepsAnswered);
