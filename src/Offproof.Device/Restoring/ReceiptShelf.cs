using System.Buffers.Text;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The server's receipts by the record that they are for. They are the server's own statements: one that does not verify, or is for somebody else, says nothing, and what a
/// restore opens depends on none.
/// </summary>
internal sealed class ReceiptShelf
{
    // One record gets two receipts at most (consent.md §3.5), the same state twice after a server was set back. More are a flood: each would cost a verification.
    private const int MostOfOne = 8;
    private readonly Dictionary<string, List<SignedRecord>> claimed = new(StringComparer.Ordinal);
    private readonly Thumbprint account;
    private readonly VerifyingKey server;

    internal ReceiptShelf(IEnumerable<string> compacts, Thumbprint account, VerifyingKey server)
    {
        (this.account, this.server) = (account, server);
        foreach (string compact in compacts)
        {
            if (!SignedRecord.TryParse(compact, out SignedRecord? record) || record.Typ != RecordTyp.Receipt || ClaimedRecord(compact) is not { } of) continue;
            if (!claimed.TryGetValue(of, out List<SignedRecord>? receipts)) claimed.Add(of, receipts = []);
            if (receipts.Count < MostOfOne) receipts.Add(record);
        }
    }

    /// <param name="record">The record hash</param>
    /// <param name="signer">Whom its receipt is for: DEVICE, or ACCOUNT where a sheet signed the record</param>
    /// <param name="state">What the receipt says</param>
    internal SignedReceipt? Find(Digest record, Thumbprint signer, ReceiptState state)
    {
        foreach (SignedRecord candidate in claimed.GetValueOrDefault(record.Text) ?? [])
        {
            if (Receipt.TryVerify(candidate, server, signer, out Receipt? receipt) && receipt.Account == account && receipt.Record == record && receipt.State == state)
                return new SignedReceipt(receipt, candidate.Compact);
        }
        return null;
    }

    /// <summary>When the server received the record; where it shows no such receipt, what the signer's clock said.</summary>
    internal DateTimeOffset Received(Digest record, Thumbprint signer, ReceiptState state, long issuedAt) =>
        Find(record, signer, state)?.At ?? DateTimeOffset.FromUnixTimeSeconds(issuedAt);

    // Only to find it again: what is returned was verified.
    private static string? ClaimedRecord(string compact)
    {
        string payload = compact.Split('.')[1];
        using JsonDocument document = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
        return document.RootElement.TryGetProperty("record", out JsonElement record) && record.ValueKind == JsonValueKind.String ? record.GetString() : null;
    }
}

/// <summary>A receipt that verified, and its text to keep.</summary>
internal sealed record SignedReceipt(Receipt Content, string Compact)
{
    internal DateTimeOffset At => DateTimeOffset.FromUnixTimeSeconds(Content.IssuedAt);

    internal DateTimeOffset? Due => Content.Due is { } due ? DateTimeOffset.FromUnixTimeSeconds(due) : null;
}
