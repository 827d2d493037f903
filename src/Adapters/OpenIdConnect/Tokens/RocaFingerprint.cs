using System.Numerics;

namespace Nightwatch.Adapters.OpenIdConnect.Tokens;

/// <summary>
/// Knows RSA keys that a faulty chip made (CVE-2017-15361, "ROCA"): their primes are k * M + (65537^a mod M), M a product of small primes, so the modulus
/// is a power of 65537 modulo each of those primes. A sound key passes for one of them in fewer than one of 100 million cases.
/// Source: Nemec et al., "The Return of Coppersmith's Attack", CCS 2017, section 3.
/// </summary>
internal static class RocaFingerprint
{
    private static readonly int[] Primes =
    [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
        101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];

    private static readonly bool[][] Powers = [.. Primes.Select(PowersModulo)];

    /// <param name="modulus">Big-endian, without sign.</param>
    public static bool Matches(ReadOnlySpan<byte> modulus)
    {
        var number = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        for (var i = 0; i < Primes.Length; i++)
        {
            if (!Powers[i][(int)(number % Primes[i])])
            {
                return false;
            }
        }

        return true;
    }

    private static bool[] PowersModulo(int prime)
    {
        var powers = new bool[prime];
        var power = 1;
        while (!powers[power])
        {
            powers[power] = true;
            power = power * (65537 % prime) % prime;
        }

        return powers;
    }
}
