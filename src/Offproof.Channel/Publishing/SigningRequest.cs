using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Offproof.Channel;

/// <summary>What is carried to the machine with the offline keys (channel.md §9.3). It is not believed there: what is shown is made of the bytes that are signed.</summary>
sealed record SigningRequest(string Schema, IReadOnlyList<RequestItem> Items)
{
    internal const string CurrentSchema = "offproof/v1/signing-request";
}

/// <summary>One file to sign.</summary>
/// <param name="Role">root or targets</param>
/// <param name="Signed">Its canonical bytes, base64: what the signature is over</param>
/// <param name="KeyIds">Whose signatures are asked for</param>
/// <param name="Before">The file that stood before, with its signatures, base64; null where there is none. Whoever asks may have made it up.</param>
sealed record RequestItem(string Role, string Signed, IReadOnlyList<string> KeyIds, string? Before = null)
{
    internal static RequestItem Of(string role, SignedFile file, IReadOnlyList<PublicKey> keys, SignedFile? before) => new(
        role, Convert.ToBase64String(file.Canonical.Span), [.. keys.Select(static key => key.KeyId).Distinct(StringComparer.Ordinal)], before is null ? null : Convert.ToBase64String(before.Bytes.Span));

    /// <summary>As a file without signatures.</summary>
    internal static SignedFile Open(string base64)
    {
        byte[] canonical = Convert.FromBase64String(base64);
        SignedFile file = SignedFile.Read(SignedFile.Write(JsonObject.Create(CanonicalJson.Parse(canonical)) ?? [], []));
        return file.Canonical.Span.SequenceEqual(canonical) ? file : throw new FormatException("it is not in canonical form");
    }
}

/// <summary>What is carried back.</summary>
sealed record BroughtSignatures(string Schema, IReadOnlyList<BroughtSignature> Signatures)
{
    internal const string CurrentSchema = "offproof/v1/signatures";
}

/// <summary>A signature over the canonical bytes with this SHA-256.</summary>
sealed record BroughtSignature(string Role, string Sha256, [property: JsonPropertyName("keyid")] string KeyId, [property: JsonPropertyName("sig")] string Signature);

/// <summary>Signing far from the publisher's folder, with nothing but the request and the key.</summary>
public sealed class OfflineSigning
{
    const int MostBytes = 16 << 20;

    readonly List<(string Role, SignedFile File, IReadOnlyList<string> KeyIds)> items = [];

    OfflineSigning()
    {
    }

    /// <summary>What the bytes say that are to be signed, in lines.</summary>
    public IReadOnlyList<string> Summary { get; private set; } = [];

    /// <summary>Reads a request.</summary>
    /// <param name="file">What <c>--export</c> wrote</param>
    /// <param name="known">The root that whoever signs knows; null: what stood before is what the request says, and is said to be so</param>
    /// <exception cref="PublishingException">It is none, or holds what would be signed unseen.</exception>
    public static OfflineSigning Read(string file, KnownRoot? known = null)
    {
        SigningRequest request = PublisherJson.Read(file, MostBytes, PublisherJson.Default.SigningRequest);
        if (request.Schema != SigningRequest.CurrentSchema || request.Items.Count == 0) throw new PublishingException(PublishingFault.Usage, $"{file} is no request to sign", "offproof publish sign --dir DIR --export FILE writes one");
        OfflineSigning signing = new();
        List<string> summary = [];
        foreach (RequestItem item in request.Items)
        {
            try
            {
                SignedFile signed = RequestItem.Open(item.Signed);
                summary.AddRange(SigningSummary.Of(signed, item.Before is null ? null : SignedFile.Read(Convert.FromBase64String(item.Before)), known, "this request"));
                signing.items.Add((new Fields(signed.Signed, "4.2.1", "the file").Text("_type"), signed, item.KeyIds));
            }
            catch (Exception e) when (e is TufException or FormatException or InvalidOperationException)
            {
                throw new PublishingException(PublishingFault.Forgery, $"{file} asks for a signature under something that is no metadata: nothing was signed", null, e);
            }
        }
        signing.Summary = summary;
        return signing;
    }

    /// <summary>Signs with each key what it is asked for. Whether it may is decided where the signatures are brought.</summary>
    /// <returns>The file to carry back.</returns>
    public byte[] Sign(IEnumerable<string> keyFiles)
    {
        List<BroughtSignature> signatures = [];
        foreach (string path in keyFiles)
        {
            using SigningKey key = KeyFile.Read(path);
            foreach ((string role, SignedFile file, _) in items.Where(item => item.KeyIds.Contains(key.KeyId, StringComparer.Ordinal)))
                signatures.Add(new BroughtSignature(role, Convert.ToHexStringLower(SHA256.HashData(file.Canonical.Span)), key.KeyId, Convert.ToHexStringLower(key.Sign(file.Canonical.Span))));
        }
        if (signatures.Count == 0) throw new PublishingException(PublishingFault.WrongKey, "no key signs anything of this request");
        return JsonSerializer.SerializeToUtf8Bytes(new BroughtSignatures(BroughtSignatures.CurrentSchema, signatures), PublisherJson.Default.BroughtSignatures);
    }
}
