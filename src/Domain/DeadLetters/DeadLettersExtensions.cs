using Microsoft.Extensions.DependencyInjection;

namespace Nightwatch.Domain.DeadLetters;

public static class DeadLettersExtensions
{
    /// <summary>Dead letters. Needs IDocuments of DeadLetter and DeadLetterBody, an <see cref="IMessageReader"/>, the alerts, a masker and the access policy.</summary>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) => services
        .AddSingleton<StoreDeadLetter>()
        .AddSingleton<ListDeadLetters>()
        .AddSingleton<RedeliverDeadLetters>();
}
