using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Alertmanager;
using Nightwatch.Adapters.ConfigurationFiles;
using Nightwatch.Adapters.Cosmos;
using Nightwatch.Adapters.Datasources;
using Nightwatch.Adapters.Grafana;
using Nightwatch.Adapters.Loki;
using Nightwatch.Adapters.MetricsEndpoint;
using Nightwatch.Adapters.OpenAi;
using Nightwatch.Adapters.Prometheus;
using Nightwatch.Adapters.Secrets;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.DeadLetters;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Limits;
using Nightwatch.Domain.Governance.Secrets;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Queries.Asking;
using Nightwatch.Domain.Queries.History;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Tools;
using Nightwatch.Functions.Alerts;
using Nightwatch.Functions.Applications;
using Nightwatch.Functions.Asking;
using Nightwatch.Functions.Audit;
using Nightwatch.Functions.Datasources;
using Nightwatch.Functions.DeadLetters;
using Nightwatch.Functions.Health;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Incidents;
using Nightwatch.Functions.Investigations;
using Nightwatch.Functions.Limits;
using Nightwatch.Functions.Masking;
using Nightwatch.Functions.SignIn;

namespace Nightwatch.Functions;

/// <summary>Puts the product together: one line per feature and per adapter.</summary>
public static class NightwatchRegistration
{
    public static IServiceCollection AddNightwatch(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<WorkerOptions>(options => options.Serializer = new Azure.Core.Serialization.JsonObjectSerializer(NightwatchJson.Options));
        return services
            .AddAccess(configuration)
            .AddSignIn(configuration)
            .AddLimits(configuration)
            .AddStore(configuration)
            .AddSecretProtection(configuration)
            .AddSecrets()
            .AddAudit(configuration)
            .AddMaskedLogging()
            .AddSingleton<StoreCheck>()
            .AddSingleton<ShownAnswers>()
            .AddPrometheus(configuration)
            .AddAlertmanager(configuration)
            .AddLoki(configuration)
            .AddGrafana(configuration)
            .AddDatasourceFactory(configuration)
            .AddDatasources()
            .AddSingleton(QueryLimitsReader.Read(configuration))
            .AddSingleton(QueryLimitsReader.ReadPolicy(configuration))
            .AddSingleton(QueryLimitsReader.ReadPolicies(configuration))
            .AddSingleton(QueryLimitsReader.ReadCache(configuration))
            .AddOpenAi(configuration)
            .AddConfigurationFiles(configuration)
            .AddMetricsText()
            .AddTools()
            .AddAlerts()
            .AddDeadLetters()
            .AddSingleton<IMessageReader, MessageReader>()
            .AddIncidents()
            .AddInvestigations()
            .AddApplications()
            .AddApplicationHistory()
            .AddAsking(AskOptionsReader.Read(configuration))
            .AddSingleton<ProposalAnswers>()
            .AddSingleton<AlertHints>()
            .AddSingleton<InvestigationStarter>()
            .AddSingleton<InvestigationStream>()
            .AddSingleton<IncidentFollowUp>();
    }

    private static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<AccessOptions>(options =>
        {
            options.IntakeTokenHashes = AccessOptions.ParseHashes(configuration["NIGHTWATCH_INTAKE_TOKEN_SHA256"]);
            options.ReadTokenHashes = AccessOptions.ParseHashes(configuration["NIGHTWATCH_READ_TOKEN_SHA256"]);
            options.AdminTokenHashes = AccessOptions.ParseHashes(configuration["NIGHTWATCH_ADMIN_TOKEN_SHA256"]);
            options.AllowLoopbackWithoutCredentials = AccessOptions.ParseDevelopment(configuration["NIGHTWATCH_DEVELOPMENT"]);
        });
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddOptions<AccessOptions>().ValidateOnStart();
        return services.AddSingleton<FunctionPermissions>().AddSingleton<CallerIdentification>().AddSingleton<ServiceTokens>().AddSingleton<RefusedWebhooks>();
    }

    private static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration) =>
        (CosmosRegistration.IsConfigured(configuration)
            ? services.AddCosmosStore(configuration)
            : services.AddSqliteStore(options => options.Directory = configuration["NIGHTWATCH_STATE"] ?? options.Directory))
        .AddDocuments(LimitBucket.Type)
        .AddDocuments(LimitPlaces.Type)
        .AddDocuments(AlertEpisode.Type)
        .AddDocuments(AlertStart.Type)
        .AddDocuments(Finding.Type)
        .AddDocuments(DeadLetter.Type)
        .AddDocuments(DeadLetterBody.Type)
        .AddDocuments(CorrelationWindow.Type)
        .AddDocuments(Incident.Type)
        .AddDocuments(Investigation.Type)
        .AddDocuments(Evidence.Type)
        .AddDocuments(ServiceToken.Type)
        .AddDocuments(Session.Type)
        .AddDocuments(SignInAttempt.Type)
        .AddDocuments(StoredSecret.Type)
        .AddDocuments(Datasource.StoredType)
        .AddDocuments(DatasourceHealth.StoredType)
        .AddDocuments(ApplicationProfile.Type)
        .AddDocuments(StoredUnderstanding.Type);
}
