using Azure.Core.Serialization;

namespace Microsoft.Azure.Functions.Worker;

public class WorkerOptions
{
    public WorkerOptions()
    {
    }

    /// <summary>What turns queue, orchestration and activity payloads into objects and back. By default System.Text.Json, ignoring case.</summary>
    public ObjectSerializer? Serializer { get; set; }

    public IDictionary<string, string> Capabilities { get; } = new Dictionary<string, string>();
}
