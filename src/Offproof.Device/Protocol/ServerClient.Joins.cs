using System.Buffers;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What lies at the server of one joining; nothing of it is believed before a person compared the code (protocol.md §17).</summary>
internal sealed record JoinNotes(VerifyingKey Key, Digest Commitment, JoinOffer? Offer, Digest? Nonce);

internal sealed partial class ServerClient
{
    /// <returns>The joining's name. When the server forgets it is a time of the server's clock, which no device compares with its own.</returns>
    internal async Task<string> BeginJoinAsync(VerifyingKey key, Digest commitment, CancellationToken cancel)
    {
        byte[] request = Json(json =>
        {
            json.WritePropertyName("jwk");
            key.WriteJwk(json);
            json.WriteString("commitment", commitment.Text);
        });
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Post, "v1/joins", new Body(request, "application/json"), null, cancel).ConfigureAwait(false);
        return Shaped(() => UrlSafe(answer.RootElement, "join"));
    }

    internal async Task<JoinNotes> JoinNotesAsync(string name, CancellationToken cancel)
    {
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Get, $"v1/joins/{name}", null, null, cancel).ConfigureAwait(false);
        JsonElement root = answer.RootElement;
        return Shaped(() => new JoinNotes(
            VerifyingKey.TryFromJwk(root.GetProperty("jwk"), out VerifyingKey? key) ? key : throw new FormatException("jwk"),
            Digest.Parse(Text(root, "commitment")),
            root.TryGetProperty("offer", out JsonElement offer)
                ? new JoinOffer(Thumbprint.Parse(Text(offer, "account")), Thumbprint.Parse(Text(offer, "sheet")), Text(offer, "recipient"),
                    Thumbprint.Parse(Text(offer, "device")), Digest.Parse(Text(offer, "nonce")))
                : null,
            root.TryGetProperty("nonce", out _) ? Digest.Parse(Text(root, "nonce")) : null));
    }

    internal async Task OfferAsync(string name, JoinOffer offer, Token token, CancellationToken cancel)
    {
        byte[] request = Json(json =>
        {
            json.WriteString("account", offer.Account.Text);
            json.WriteString("sheet", offer.Sheet.Text);
            json.WriteString("recipient", offer.Recipient);
            json.WriteString("device", offer.Device.Text);
            json.WriteString("nonce", offer.Nonce.Text);
        });
        using HttpResponseMessage _ = await SendAsync(HttpMethod.Put, $"v1/joins/{name}/offer", new Body(request, "application/json"), token, new Purpose.ConsentRecords(), cancel).ConfigureAwait(false);
    }

    internal async Task RevealAsync(string name, Digest nonce, CancellationToken cancel)
    {
        byte[] request = Json(json => json.WriteString("nonce", nonce.Text));
        using HttpResponseMessage _ = await SendAsync(HttpMethod.Put, $"v1/joins/{name}/nonce", new Body(request, "application/json"), null, new Purpose.ConsentRecords(), cancel).ConfigureAwait(false);
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
