using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>
/// Where a page ended: the ordering value and the id of its last document, as they stand in keys. Ours, not the service's: it survives restarts of
/// either side, is short, and leads nowhere but to a position in the partition that the caller may read anyway.
/// </summary>
/// <param name="Order">Empty for the order of ids.</param>
internal sealed record CosmosPageToken(string Order, string Id)
{
    /// <summary>Characters of the longest token that can be one of ours.</summary>
    public const int MaxLength = 2048;

    private const string Version = "1";

    public string Encode(string walk) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{Version} {walk} {Order} {Id}"));

    /// <summary>The walk that a token belongs to: it is refused for another tenant, another kind of document or another order.</summary>
    public static string WalkOf(string partition, DocumentQuery query) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{partition} {query.OrderBy} {query.Descending}")).AsSpan(0, 8));

    /// <exception cref="ArgumentException">The token was not made by <see cref="Encode"/> for this walk.</exception>
    public static CosmosPageToken Decode(string continuationToken, string walk)
    {
        if (continuationToken.Length <= MaxLength && Base64Url.IsValid(continuationToken))
        {
            var text = Encoding.Latin1.GetString(Base64Url.DecodeFromChars(continuationToken));
            if (text.Split(' ') is [Version, var itsWalk, var order, { Length: > 0 } id] && itsWalk == walk && text.All(c => c is >= ' ' and <= '~'))
            {
                return new CosmosPageToken(order, id);
            }
        }

        throw new ArgumentException("The continuation token is not one of ours, or belongs to another list; start again without it.", nameof(continuationToken));
    }
}
