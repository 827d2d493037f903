using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Queues what a turn asked for, and tells the parent of an instance that ended.</summary>
internal static class TurnActions
{
    public static (List<ActivityWork> Kept, bool Left) Write(SqliteSession session, TurnCommit commit, long worker, Woken woken)
    {
        var kept = new List<ActivityWork>();
        var left = false;
        var before = commit.Before;
        foreach (var action in commit.Outcome.Actions)
        {
            var line = action.Line;
            switch (line.Kind)
            {
                case HistoryKind.TaskScheduled:
                    var keep = kept.Count < commit.KeepActivities;
                    left |= !keep;
                    var work = AddActivity(session, before, action, keep ? worker : null);
                    if (keep)
                    {
                        kept.Add(work);
                    }

                    break;
                case HistoryKind.TimerCreated when !commit.Outcome.CancelledTimers.Contains(line.Task):
                    InstanceWriter.AddTimer(session, before.Key, before.Execution, line.Task, line.Ticks, woken);
                    break;
                case HistoryKind.SubScheduled:
                    StartChild(session, commit, action, worker, woken);
                    break;
                case HistoryKind.EventSent when InstanceWriter.Find(session, line.Target!) is { } target:
                    InstanceWriter.Send(
                        session, target.Key, 0, new HistoryEvent(HistoryKind.EventRaised) { Name = line.Name, Data = action.Input }, worker, woken);
                    break;
                case HistoryKind.EntityCalled or HistoryKind.EntitySignaled or HistoryKind.EntityLockAsked or HistoryKind.EntityUnlocked:
                    EntityActions.Write(session, commit, action, worker, woken);
                    break;
                default:
                    break;
            }
        }

        return (kept, left);
    }

    public static void WriteEnd(SqliteSession session, TurnCommit commit, TurnEnd end, long worker, Woken woken)
    {
        var before = commit.Before;
        InstanceWriter.DeleteWork(session, before.Key);
        EntityLocks.End(session, before.Key, commit.Now, worker, woken);
        if (end.Status == OrchestrationRuntimeStatus.ContinuedAsNew)
        {
            woken.Instances.Add(before.Key);
            return;
        }

        PayloadTable.DeleteOfInbox(session, before.Key);
        session.Execute("DELETE FROM inbox WHERE instance = $1", before.Key);
        foreach (var child in end.TerminateToo)
        {
            if (InstanceWriter.Find(session, child) is { } target)
            {
                InstanceWriter.Send(session, target.Key, 0, new HistoryEvent(HistoryKind.Terminated) { Data = end.Output, Flag = true }, worker, woken);
            }
        }

        if (before.Parent is { } parent)
        {
            InstanceWriter.Send(session, parent.Key, parent.Execution, Answer(before, parent, end), worker, woken);
        }
    }

    private static ActivityWork AddActivity(SqliteSession session, InstanceRecord instance, PendingAction action, long? owner)
    {
        var work = new ActivityWork(
            DurableSchema.Key(instance.Key, action.Line.Task), instance.Execution, instance.Id, action.Line.Name!, action.Version, action.Input, 0);
        session.Execute(
            "INSERT INTO activities(key, execution, name, version, owner, input) VALUES($1, $2, $3, $4, $5, $6)",
            work.Key, work.Execution, work.Name, work.Version, owner, work.Input);
        return work.Input is { Length: > PayloadTable.InlineLength } ? work with { Input = null, IsInputStored = true } : work;
    }

    private static void StartChild(SqliteSession session, TurnCommit commit, PendingAction action, long worker, Woken woken)
    {
        var (parent, line) = (commit.Before, action.Line);
        if (InstanceWriter.Find(session, line.Target!) is { } existing)
        {
            if (existing.Status is not (OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated))
            {
                var failure = new TaskFailureDetails(
                    "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException", $"An instance with id '{line.Target}' is running.", null, null, null);
                InstanceWriter.Send(
                    session, parent.Key, parent.Execution, new HistoryEvent(HistoryKind.SubFailed) { Task = line.Task, Failure = failure, Flag = true },
                    worker, woken);
                return;
            }

            InstanceWriter.Delete(session, existing.Key);
        }

        var link = new ParentLink(parent.Key, parent.Id, parent.Name, parent.Execution, line.Task);
        InstanceWriter.Create(session, new NewInstance(line.Target!, line.Name!, action.Version, action.Input, Tags(parent.Tags, action.Tags), null, link), commit.Now, worker, woken);
    }

    // A child has its parent's tags too; its own come first.
    private static string? Tags(string? inherited, IDictionary<string, string>? own)
    {
        if (own is not { Count: > 0 })
        {
            return inherited;
        }

        var tags = inherited is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(inherited) ?? [];
        foreach (var (name, value) in own)
        {
            tags[name] = value;
        }

        return JsonSerializer.Serialize(tags);
    }

    private static HistoryEvent Answer(InstanceRecord child, ParentLink parent, TurnEnd end) => end.Status switch
    {
        OrchestrationRuntimeStatus.Completed => new HistoryEvent(HistoryKind.SubCompleted) { Task = parent.Task, Data = end.Output },
        OrchestrationRuntimeStatus.Failed => new HistoryEvent(HistoryKind.SubFailed) { Task = parent.Task, Failure = end.Failure, Flag = end.IsFinal },
        _ => new HistoryEvent(HistoryKind.SubFailed)
        {
            Task = parent.Task,
            Failure = new TaskFailureDetails("OrchestrationTerminated", $"Sub-orchestration '{child.Id}' was terminated.", null, null, null),
        },
    };
}
