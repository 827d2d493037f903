namespace Microsoft.DurableTask.Client;

/// <summary>Gives clients by name; the one client when the name is null.</summary>
public interface IDurableTaskClientProvider
{
    DurableTaskClient GetClient(string? name = null);
}
