using Offproof.Consent;

namespace Offproof.Server;

/// <summary>What a receipt says beside whose it is: what holds, since when, until when it can be stopped, and the ledger's head that came with the record. What a server signs, it cannot deny later, and nobody else can make up.</summary>
readonly record struct Statement(ReceiptState State, long Now, long? Due = null, LedgerHead? Ledger = null);

/// <summary>The server's own key at work: it signs receipts and is the audience of every record.</summary>
sealed class Clerk(SigningKey key, TimeProvider time)
{
    internal Thumbprint Server => key.Thumbprint;

    internal VerifyingKey Public => key.Public;

    internal long Now => time.GetUtcNow().ToUnixTimeSeconds();

    internal SignedRecord Receipt(SignedRecord record, Thumbprint account, Thumbprint signer, Statement said) => Offproof.Consent.Receipt.Sign(key, new()
    {
        Server = Server,
        Account = account,
        Audience = signer,
        IssuedAt = said.Now,
        Record = record.Hash,
        OfTyp = record.Typ,
        State = said.State,
        Due = said.Due,
        Ledger = said.Ledger,
    });
}
