using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Nightwatch.Functions;
using Nightwatch.Functions.Http;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<FaultMiddleware>();
builder.UseMiddleware<AuthorisationMiddleware>();
builder.Services.AddNightwatch(builder.Configuration);
Platform.AddPlatform(builder);
await builder.Build().RunAsync();
