using Offproof.Consent;

namespace Offproof.Server;

/// <summary>The server's own key at work: it signs receipts and is the audience of every record.</summary>
sealed class Clerk(SigningKey key, TimeProvider time)
{
    internal Thumbprint Server => key.Thumbprint;

    internal VerifyingKey Public => key.Public;

    internal long Now => time.GetUtcNow().ToUnixTimeSeconds();

    internal SignedRecord Receipt(SignedRecord record, Thumbprint account, Thumbprint signer, ReceiptState state, long? due, long now) => Offproof.Consent.Receipt.Sign(key, new()
    {
        Server = Server,
        Account = account,
        Audience = signer,
        IssuedAt = now,
        Record = record.Hash,
        OfTyp = record.Typ,
        State = state,
        Due = due,
    });
}
