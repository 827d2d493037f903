using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nightwatch.Functions;
using Nightwatch.Functions.Audit;
using Nightwatch.Functions.Doctor;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Limits;

try
{
    if (AuditCommand.IsMeant(args))
    {
        return await AuditCommand.RunAsync(args, FunctionsApplication.CreateBuilder([]).Configuration);
    }

    if (args is ["doctor"])
    {
        return DoctorCommand.Run(FunctionsApplication.CreateBuilder([]).Configuration, Console.Out);
    }

    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    builder.UseMiddleware<FaultMiddleware>();
    builder.UseMiddleware<LimitsMiddleware>();
    builder.UseMiddleware<AuthorisationMiddleware>();
    builder.UseMiddleware<CallerLimitsMiddleware>();
    builder.UseMiddleware<AuditMiddleware>();
    builder.Services.AddNightwatch(builder.Configuration);
    Platform.AddPlatform(builder);
    var app = builder.Build();
    // The host would do so too, but would log the fault with its stack.
    app.Services.GetRequiredService<IStartupValidator>().Validate();
    await app.Services.GetRequiredService<AuditNotice>().WriteAsync();
    await app.RunAsync();
    return 0;
}
catch (OptionsValidationException wrong)
{
    await Console.Error.WriteLineAsync($"Nightwatch does not start. {string.Join(" ", wrong.Failures).ReplaceLineEndings(" ")}");
    return 1;
}
