namespace Nightwatch.Domain.Tests.Governance.Masking;

/// <summary>Secrets that nobody has: drawn from a seed, so that no scanner finds one in this repository.</summary>
internal sealed class Made(int seed)
{
    public const string Hex = "0123456789abcdef";
    public const string Alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    public const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    public const string Url = Alnum + "_-";

    private readonly Random random = new(seed);

    public int Next(int below) => random.Next(below);

    public string Text(string alphabet, int length)
    {
        var text = new string(random.GetItems<char>(alphabet, length));
        // A generated key without a digit is rare, but it exists; one is put in so that the form alone decides.
        return alphabet.Contains('7', StringComparison.Ordinal) && length > 4 ? text[..2] + "7" + text[3..^1] + "3" : text;
    }

    public string Uuid() => $"{Text(Hex, 8)}-{Text(Hex, 4)}-{Text(Hex, 4)}-{Text(Hex, 4)}-{Text(Hex, 12)}";

    /// <summary>Digits with a Luhn digit at the end.</summary>
    public string Card(string issuer, int length)
    {
        var body = issuer + Text("0123456789", length - issuer.Length - 1);
        var sum = 0;
        for (var i = 0; i < body.Length; i++)
        {
            var digit = (body[body.Length - 1 - i] - '0') * (i % 2 == 0 ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return body + (char)('0' + (10 - sum % 10) % 10);
    }
}
