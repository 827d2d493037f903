using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Templates;

/// <summary>What a program writes when something happens, for the words that people have for it.</summary>
/// <param name="Program">sshd, hdfs, nova, ...: helps to choose when the question names it.</param>
/// <param name="Words">Stems that the question must hold; a|b is either.</param>
/// <param name="Filters">Line filters: text, or a regular expression when it begins with ~.</param>
/// <param name="Where">label=value hints, used where the source has that value.</param>
/// <param name="Value">A pattern with one named group that holds a number to average.</param>
internal sealed record LogPhrase(string Program, IReadOnlyList<IReadOnlyList<string>> Words, IReadOnlyList<string> Filters, IReadOnlyList<string> Where, string? Value);

/// <summary>A thing within a log line that answers can be broken down by.</summary>
/// <param name="Words">Stems that ask for it.</param>
/// <param name="Label">The name of the group in the pattern.</param>
internal sealed record LogField(string Program, IReadOnlyList<string> Words, string Label, string Pattern);

/// <summary>Log lines of programs that are found everywhere, and the fields in them. Written from the programs' own messages.</summary>
internal static class LogPhrases
{
    // program ; words ; filter && filter ; label=value hints ; value pattern
    private const string Data = """
        sshd ; fail password|login|attempt|authenticat ; Failed password
        sshd ; fail password invalid|unknown|nonexistent ; Failed password for invalid user
        sshd ; invalid|unknown|illegal user|usernam ; ~Failed password for invalid user|Invalid user
        sshd ; success|successful|successfully|accept login|authenticat|password ; Accepted password for
        sshd ; publickey|key accept|login|success|successful ; Accepted publickey for
        sshd ; login|log session|opened ; session opened for user
        sshd ; session clos|end ; session closed for user
        sshd ; brut forc ; ~Failed password for (invalid user )?
        sshd ; break-in|breakin|possibl attempt ; POSSIBLE BREAK-IN ATTEMPT
        sshd ; disconnect|disconnection ; ~Received disconnect from|Disconnecting:
        sshd ; connection clos ; Connection closed by
        sshd ; retry max|maximum|exceed|ignor|limit ; PAM service(sshd) ignoring max retries
        sshd ; authenticat|authentication fail|failure ; authentication failure
        sshd ; too many authenticat|authentication ; Too many authentication failures
        sshd ; identification|banner ; Did not receive identification string
        sshd ; revers mapping|lookup ; reverse mapping checking getaddrinfo
        sshd ; protocol|version mismatch|bad ; Bad protocol version identification
        sshd ; corrupt mac ; Corrupted MAC on input
        sshd ; root login|access ; ~Accepted \S+ for root
        hdfs ; block allocat ; BLOCK* NameSystem.allocateBlock: ; component=dfs.FSNamesystem
        hdfs ; blockmap|block updat|add ; blockMap updated: ; component=dfs.FSNamesystem
        hdfs ; block add|stor ; NameSystem.addStoredBlock ; component=dfs.FSNamesystem
        hdfs ; invalidset|invalid block|add ; is added to invalidSet ; component=dfs.FSNamesystem
        hdfs ; block delet ; ~Deleting block|NameSystem\.delete ;
        hdfs ; neededreplication|need|replication block|remov ; BLOCK* Removing block && from neededReplications ; component=dfs.FSNamesystem
        hdfs ; replicat|replication request|ask|issu ; ~BLOCK\* ask .* to replicate ; component=dfs.FSNamesystem
        hdfs ; block transmit|transmission|transfer|transfered ; Transmitted block ; component=dfs.DataNode$DataTransfer
        hdfs ; transfer start|begin thread|block ; Starting thread to transfer block ; component=dfs.DataNode
        hdfs ; block receiv|reception ; Received block ; component=dfs.DataNode$PacketResponder
        hdfs ; receiv size|byt block ; Received block ; component=dfs.DataNode$PacketResponder ; of size (?P<size>\d+)
        hdfs ; block receiving|write|start ; Receiving block ; component=dfs.DataNode$DataXceiver
        hdfs ; receiveblock exception|error|reset|fail ; Exception in receiveBlock for block
        hdfs ; writeblock exception|error|fail ; ~writeBlock .* received exception ; component=dfs.DataNode$DataXceiver
        hdfs ; serv block ; Served block ; component=dfs.DataNode$DataXceiver
        hdfs ; exception serv ; Got exception while serving ; component=dfs.DataNode$DataXceiver
        hdfs ; verification|verify|scan block|succeed|success ; Verification succeeded for ; component=dfs.DataBlockScanner
        hdfs ; packetresponder terminat|end ; ~PacketResponder \d+ for block .* terminating ; component=dfs.DataNode$PacketResponder
        hdfs ; packetresponder exception|error|fail|brok ; ~PacketResponder .* Exception ; component=dfs.DataNode$PacketResponder
        hdfs ; timeout|tim wait channel|ready ; ~SocketTimeoutException: .* millis timeout while waiting for channel to be ready
        hdfs ; redundant block|add|request ; Redundant addStoredBlock request received
        hdfs ; unexpect|unexpected block|delet ; Unexpected error trying to delete block
        nova ; time|long|take|took|duration|average build|spawn instanc|vm|server ; ~Took .* seconds to build instance ; log_file_type=nova-compute component=nova.compute.manager ; Took (?P<build_time>\d+\.\d+) seconds to build instance
        nova ; time|long|take|took|duration spawn ; seconds to spawn the instance ; log_file_type=nova-compute component=nova.virt.libvirt.driver ; Took (?P<spawn_time>\d+\.\d+) seconds to spawn
        nova ; time|long|take|took|duration destroy|delet|deletion|terminat instanc|vm ; seconds to destroy the instance ; log_file_type=nova-compute ; Took (?P<destroy_time>\d+\.\d+) seconds to destroy
        nova ; time|long|take|took|duration deallocat network ; seconds to deallocate network ; log_file_type=nova-compute ; Took (?P<deallocate_time>\d+\.\d+) seconds to deallocate
        nova ; instanc|vm terminat ; Terminating instance ; log_file_type=nova-compute
        nova ; instanc|vm creat|launch ; Creating image ; log_file_type=nova-compute
        nova ; instanc|vm delet|destroy ; ~Instance destroyed|Deleting instance files ; log_file_type=nova-compute
        nova ; instanc|vm spawn|build success|successful|successfully ; Instance spawned successfully ; log_file_type=nova-compute
        nova ; vm|instanc start|boot ; VM Started (Lifecycle Event) ; log_file_type=nova-compute
        nova ; vm|instanc paus ; VM Paused (Lifecycle Event) ; log_file_type=nova-compute
        nova ; vm|instanc resum ; VM Resumed (Lifecycle Event) ; log_file_type=nova-compute
        nova ; vm|instanc stop|halt ; VM Stopped (Lifecycle Event) ; log_file_type=nova-compute
        nova ; lifecycle ; (Lifecycle Event) ; log_file_type=nova-compute
        nova ; ram|memory|mem usag|use|used ; Final resource view: ; log_file_type=nova-compute component=nova.compute.resource_tracker ; used_ram=(?P<used_ram>\d+)MB
        nova ; disk usag|use|used ; Final resource view: ; log_file_type=nova-compute component=nova.compute.resource_tracker ; used_disk=(?P<used_disk>\d+)GB
        nova ; vcpu|cpu usag|use|used ; Final resource view: ; log_file_type=nova-compute component=nova.compute.resource_tracker ; used_vcpus=(?P<used_vcpus>\d+)
        nova ; resourc view|audit ; resource view ; log_file_type=nova-compute component=nova.compute.resource_tracker
        nova ; claim success|successful|attempt ; Claim successful ; log_file_type=nova-compute component=nova.compute.claims
        nova ; base file unknown ; Unknown base file: ; log_file_type=nova-compute component=nova.virt.libvirt.imagecache
        nova ; base file removabl|remov ; Removable base files: ; log_file_type=nova-compute component=nova.virt.libvirt.imagecache
        nova ; base file activ ; Active base files: ; log_file_type=nova-compute component=nova.virt.libvirt.imagecache
        nova ; imag cach manager|pass ; ComputeManager._run_image_cache_manager_pass
        nova ; imag check|in-us|use ; image in use ; log_file_type=nova-compute component=nova.virt.libvirt.imagecache
        nova ; network-vif-plugged|vif plug ; Creating event network-vif-plugged ; component=nova.api.openstack.compute.server_external_events
        nova ; network-vif-unplugged|vif unplug ; Creating event network-vif-unplugged ; component=nova.api.openstack.compute.server_external_events
        nova ; sync|synchroniz pow|power|instanc ; While synchronizing instance power states ; log_file_type=nova-compute component=nova.compute.manager
        nova ; token validat ; ~Bad response code while validating token|Unable to validate token
        nova ; authenticat|authentication fail|failure ; ~authentication failure|Bad response code while validating token|Unable to validate token
        nova ; connect|connection lost|hypervisor libvirt ; Connection event
        nova ; response|average|percentil|slow|fast time|latency|duration request ; ; log_file_type=nova-api component=nova.osapi_compute.wsgi.server ; time: (?P<response_time>\d+\.\d+)
        nova ; get|post|delet|put|http request|status|response|api|code ; ; log_file_type=nova-api component=nova.osapi_compute.wsgi.server
        nginx ; upstream timeout|tim ; upstream timed out
        kernel ; oom|out memory|kill ; Out of memory
        kernel ; segfault|segmentation ; segfault
        postgres ; deadlock ; deadlock detected
        postgres ; too many connection ; too many connections
        jvm ; out memory heap|java|jvm ; OutOfMemoryError
        any ; connection refus ; ~(?i)connection refused
        any ; connection reset ; ~(?i)connection reset
        any ; time|timeout out|timeout ; ~(?i)time(d)?[ -]?out
        any ; permission deni ; ~(?i)permission denied
        any ; access deni ; ~(?i)access denied
        any ; stack|traceback trac|traceback ; ~(?i)(stack ?trace|traceback|\tat )
        any ; exception ; ~(?i)exception
        any ; panic ; ~(?i)panic
        any ; unauthoriz ; ~(?i)unauthorized|\b401\b
        any ; slow query ; ~(?i)slow query
        """;

    private const string FieldData = """
        sshd ; invalid user|usernam ; invalid_user ; (?:invalid user|Invalid user) (?P<invalid_user>\S+) from
        sshd ; user|usernam|account|login ; user ; for (?:invalid user )?(?P<user>\S+) from
        sshd ; ip|address|sourc|attacker|origin|client ; source_ip ; from (?P<source_ip>\d+\.\d+\.\d+\.\d+)
        sshd ; reason ; reason ; (?P<reason>Received disconnect from [^:]+: \d+: [^\[]+|Disconnecting: [^\[]+)
        sshd ; port ; port ; port (?P<port>\d+)
        hdfs ; block|blk ; block_id ; (?P<block_id>blk_-?\d+)
        hdfs ; datanod|data|nod ; datanode ; (?P<datanode>\d+\.\d+\.\d+\.\d+:\d+)
        hdfs ; exception|error ; exception_type ; exception (?P<exception_type>[^:]+)
        hdfs ; ip|address|sourc ; source_ip ; (?P<source_ip>\d+\.\d+\.\d+\.\d+):\d+
        nova ; fil|file|base ; file_path ; base files?: (?P<file_path>\S+)
        nova ; instanc|vm|server ; instance_id ; \[instance: (?P<instance_id>[^\]]+)\]
        nova ; status|statu|cod|code ; status ; status: (?P<status>\d+)
        nova ; tenant|project ; tenant_id ; /v2/(?P<tenant_id>[^/]+)/
        nova ; nod|node|host|comput ; node ; name=(?P<node>\S+)
        any ; ip|address|sourc|client ; source_ip ; (?P<source_ip>\d+\.\d+\.\d+\.\d+)
        any ; exception ; exception_type ; (?P<exception_type>[\w.]+(?:Exception|Error))
        any ; message|messag|error ; error_message ; (?P<error_message>(?i:error|exception|fatal|disconnect|fail).*)
        any ; user|usernam ; user ; user[= ](?P<user>\S+)
        any ; status|statu|cod ; status ; (?:status|code)[=: "]+(?P<status>\d{3})
        any ; method ; method ; (?P<method>GET|POST|PUT|DELETE|PATCH|HEAD)
        """;

    public static IReadOnlyList<LogPhrase> All { get; } = [.. Lines(Data).Select(c => new LogPhrase(
        c[0], [.. Split(c[1], ' ').Select(w => w.Split('|').Select(WordStem.Of).ToArray())], Split(c[2], "&&"), c.Length > 3 ? Split(c[3], ' ') : [], c.Length > 4 ? c[4] : null))];

    public static IReadOnlyList<LogField> Fields { get; } = [.. Lines(FieldData).Select(c => new LogField(c[0], [.. c[1].Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries).Select(WordStem.Of)], c[2], c[3]))];

    /// <summary>The program that an application's name speaks of.</summary>
    public static string? ProgramOf(string name) => name.ToLowerInvariant() switch
    {
        var n when n.Contains("ssh", StringComparison.Ordinal) => "sshd",
        var n when n.Contains("hdfs", StringComparison.Ordinal) || n.Contains("hadoop", StringComparison.Ordinal) => "hdfs",
        var n when n.Contains("openstack", StringComparison.Ordinal) || n.Contains("nova", StringComparison.Ordinal) => "nova",
        var n when n.Contains("nginx", StringComparison.Ordinal) => "nginx",
        var n when n.Contains("postgres", StringComparison.Ordinal) => "postgres",
        _ => null,
    };

    private static IEnumerable<string[]> Lines(string data) => data.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(" ;").Select(c => c.Trim()).ToArray());

    private static string[] Split(string text, char by) => text.Split(by, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string[] Split(string text, string by) => text.Split(by, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
