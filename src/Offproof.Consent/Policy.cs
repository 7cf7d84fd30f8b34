using System.Text;

namespace Offproof.Consent;

/// <summary>The words that are shown before a category is turned on; a grant carries their hash (consent.md §3.3).</summary>
public static class Policy
{
    static readonly byte[] Bytes = Load();

    /// <summary>The text in English, UTF-8, lines ended by LF: policy.en.txt byte for byte.</summary>
    public static string Text { get; } = Encoding.UTF8.GetString(Bytes);

    /// <summary>SHA-256 of those bytes.</summary>
    public static Digest Sha256 { get; } = Digest.Of(Bytes);

    static byte[] Load()
    {
        using var source = typeof(Policy).Assembly.GetManifestResourceStream("policy.en.txt")
            ?? throw new InvalidOperationException("policy.en.txt is not part of this assembly");
        byte[] bytes = new byte[source.Length];
        source.ReadExactly(bytes);
        return bytes;
    }
}
