using Microsoft.Extensions.Configuration;

namespace Nightwatch.Functions.Doctor;

/// <summary>`Nightwatch.Functions doctor`: what is insecure in the configuration that the app would run with here, one line each.</summary>
public static class DoctorCommand
{
    /// <returns>0 when nothing is, else 1.</returns>
    public static int Run(IConfiguration configuration, TextWriter output)
    {
        var found = ConfigurationDoctor.Examine(configuration);
        foreach (var insecure in found)
        {
            output.WriteLine($"FIX   {insecure.Setting} {insecure.Why}; {insecure.Fix}");
        }

        if (found.Count == 0)
        {
            output.WriteLine("ok    no insecure setting");
        }

        return found.Count == 0 ? 0 : 1;
    }
}
