using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.ConfigurationFiles;
using Nightwatch.Domain.Incidents;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.ConfigurationFiles;

public sealed class ConfigurationFilesTests : IDisposable
{
    private const string Quiet = "rules:\n- name: quiet\n  investigate: false\n  reason: nobody asked\n";

    private readonly ScratchDirectory scratch = new();
    private readonly SteppingTime time = new();

    [Fact]
    public void Rules_FromAFile_Hold()
    {
        Write(Quiet);

        Assert.Equal("quiet", Assert.Single(Load().For("default").Rules).Name);
    }

    [Fact]
    public void Rules_WithAMistakeAtTheStart_AreRefusedWithFileLineAndFix()
    {
        Write("rules:\n- name: quiet\n  investigat: false\n");

        var failure = Assert.Throws<ConfigurationFileException>(Load);

        Assert.Contains(scratch.File("rules.yaml"), failure.Message, StringComparison.Ordinal);
        Assert.Contains("investigat", failure.Message, StringComparison.Ordinal);
        Assert.Contains("3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_OfAMissingFile_AreRefused() => Assert.Throws<ConfigurationFileException>(Load);

    [Fact]
    public void Rules_Edited_AreReadAgainAndAMistakeKeepsTheOldOnes()
    {
        Write(Quiet);
        var rules = Load();
        _ = rules.For("default");

        Write("rules: nonsense");
        time.Step();
        Assert.Equal("quiet", Assert.Single(rules.For("default").Rules).Name);

        Write(Quiet.Replace("quiet", "calm", StringComparison.Ordinal));
        time.Step();
        Assert.Equal("calm", Assert.Single(rules.For("default").Rules).Name);
    }

    public void Dispose() => scratch.Dispose();

    private void Write(string yaml)
    {
        var path = scratch.File("rules.yaml");
        var previous = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : DateTime.UnixEpoch;
        File.WriteAllText(path, yaml);
        // Two writes within one tick of the file system's clock must still look like two.
        File.SetLastWriteTimeUtc(path, previous.AddSeconds(1));
    }

    private IAnalysisRules Load()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("NIGHTWATCH_ANALYSIS_RULES", scratch.File("rules.yaml"))]).Build();
        return new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(time).AddConfigurationFiles(configuration).BuildServiceProvider().GetRequiredService<IAnalysisRules>();
    }

    private sealed class SteppingTime : TimeProvider
    {
        private long timestamp;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => timestamp;

        public void Step() => timestamp += 60;
    }
}
