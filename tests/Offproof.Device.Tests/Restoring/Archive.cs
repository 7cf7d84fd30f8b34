using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>An honest account in memory: what each party signs, in the order in which a server would have taken it.</summary>
internal sealed class Archive : IDisposable
{
    private static readonly VaultHashes Hashes = new(Digest.Of("config"u8), Digest.Of("key"u8), Digest.Of("sealed"u8));
    private readonly List<SignedRecord> changes = [];
    private readonly Dictionary<Thumbprint, ChainPlace> chains = [];

    internal Archive()
    {
        Sheets.Add(Sheet.Generate(new Uri("http://127.0.0.1:1/"), Server.Thumbprint));
        Certify(First);
    }

    internal SigningKey Server { get; } = SigningKey.Generate();

    internal SigningKey First { get; } = SigningKey.Generate();

    internal List<Sheet> Sheets { get; } = [];

    internal List<SignedRecord> Records { get; } = [];

    internal List<SignedRecord> Receipts { get; } = [];

    internal Thumbprint Account => Sheets[0].Account;

    internal SigningKey Paper => Sheets[^1].Signing;

    internal AccountHistory Verify() => AccountHistory.Verify(Answer(), Account, Server.Public);

    internal RecoveryAnswer Answer() => new(Jwk(Sheets[0].Signing.Public), [.. Records.Select(static r => r.Compact)], [.. Receipts.Select(static r => r.Compact)], []);

    internal SignedRecord Add(SignedRecord record)
    {
        Records.Add(record);
        if (chains.TryGetValue(record.Kid, out ChainPlace head)) chains[record.Kid] = new ChainPlace(head.Seq + 1, record.Hash);
        return record;
    }

    internal ChainPlace Next(SigningKey device) => new(chains[device.Thumbprint].Seq + 1, chains[device.Thumbprint].Prev);

    internal SignedRecord Certify(SigningKey device)
    {
        SignedRecord record = Certificate.Sign(Paper, new Certificate { Account = Account, DeviceKey = device.Public, Server = Server.Thumbprint, IssuedAt = 1 });
        chains[device.Thumbprint] = new ChainPlace(0, record.Hash);
        return Add(record);
    }

    internal SignedRecord Admit(SigningKey by, SigningKey device)
    {
        SignedRecord record = Admission.Sign(by, new Admission
        {
            Issuer = by.Thumbprint, Account = Account, Server = Server.Thumbprint, IssuedAt = 2, Place = Next(by), DeviceKey = device.Public,
        });
        chains[device.Thumbprint] = new ChainPlace(0, record.Hash);
        return Add(record);
    }

    internal SignedRecord Remove(SigningKey? by, SigningKey device) => Add(Removal.Sign(by ?? Paper, new Removal
    {
        Issuer = by?.Thumbprint ?? Account, Account = Account, Server = Server.Thumbprint, IssuedAt = 3, Place = by is null ? null : Next(by), Device = device.Thumbprint,
    }));

    internal SignedRecord Grant(SigningKey device, int epoch)
    {
        ChainPlace place = Next(device);
        return Add(Consent.Grant.Sign(device, new Grant
        {
            Device = device.Thumbprint, Account = Account, Server = Server.Thumbprint, IssuedAt = 4, Seq = place.Seq, Prev = place.Prev,
            Category = Category.Photos, Epoch = new Epoch(epoch), Vault = Hashes, Policy = Policy.Sha256,
            Consent = GrantConsent.For(Category.Photos, "http://127.0.0.1:1/", Guid.NewGuid(), DateTimeOffset.UnixEpoch),
        }));
    }

    internal SignedRecord Revoke(SigningKey device, SignedRecord grant, int epoch)
    {
        ChainPlace place = Next(device);
        return Add(Revocation.Sign(device, new Revocation
        {
            Device = device.Thumbprint, Account = Account, Server = Server.Thumbprint, IssuedAt = 5, Seq = place.Seq, Prev = place.Prev,
            Category = Category.Photos, Epoch = new Epoch(epoch), Grant = grant.Hash, RecordId = Guid.NewGuid(), EventTime = DateTimeOffset.UnixEpoch,
        }));
    }

    internal SignedRecord Erase(SigningKey? by, SigningKey device, SignedRecord grant, int epoch) => Add(Erasure.Sign(by ?? Paper, new Erasure
    {
        Issuer = by?.Thumbprint ?? Account, Account = Account, Server = Server.Thumbprint, IssuedAt = 6, Place = by is null ? null : Next(by),
        Device = device.Thumbprint, Category = Category.Photos, Epoch = new Epoch(epoch), Grant = grant.Hash, RecordId = Guid.NewGuid(), EventTime = DateTimeOffset.UnixEpoch,
    }));

    internal SignedRecord Cancel(SignedRecord what) => Add(Cancellation.Sign(Paper, new Cancellation
    {
        Account = Account, Server = Server.Thumbprint, IssuedAt = 7, Record = what.Hash, OfTyp = what.Typ,
    }));

    internal Succession NextChange => changes.Count == 0 ? Succession.First(Account) : new Succession(changes.Count + 1, changes[^1].Hash);

    /// <param name="carried">What the rotation carries instead of the sheet that signs it</param>
    internal SignedRecord Rotate(Sheet? carried = null)
    {
        Sheet old = Sheets[^1], next = Sheet.GenerateNext(old.Server, old.ServerKey, Account, old.Signing.Thumbprint);
        SignedRecord record = Add(Rotation.Sign(old.Signing, new Rotation
        {
            Account = Account, Server = Server.Thumbprint, IssuedAt = 8, Succession = NextChange, Sheet = new NewSheet(next.Signing.Public, next.Recipient.ToString()),
            Identity = (carried ?? old).SealTo(next.Recipient),
        }));
        changes.Add(record);
        Sheets.Add(next);
        return record;
    }

    /// <returns>The record, and the sheet that is the account's once it took effect: <see cref="TakeEffect"/>.</returns>
    internal (SignedRecord Record, Sheet Sheet) Replace(SigningKey by)
    {
        Sheet next = Sheet.GenerateNext(Sheets[^1].Server, Server.Thumbprint, Account, Paper.Thumbprint);
        return (Add(Replacement.Sign(by, new Replacement
        {
            Device = by.Thumbprint, Account = Account, Server = Server.Thumbprint, IssuedAt = 9, Place = Next(by), Succession = NextChange,
            Sheet = new NewSheet(next.Signing.Public, next.Recipient.ToString()),
        })), next);
    }

    internal void TakeEffect((SignedRecord Record, Sheet Sheet) replacement)
    {
        changes.Add(replacement.Record);
        Sheets.Add(replacement.Sheet);
    }

    internal SignedRecord Receive(SignedRecord record, ReceiptState state, long at = 100, long? due = null, SigningKey? by = null, Thumbprint? audience = null)
    {
        SignedRecord receipt = Receipt.Sign(by ?? Server, new Receipt
        {
            Server = (by ?? Server).Thumbprint, Account = Account, Audience = audience ?? (chains.ContainsKey(record.Kid) ? record.Kid : Account), IssuedAt = at,
            Record = record.Hash, OfTyp = record.Typ, State = state, Due = due,
        });
        Receipts.Add(receipt);
        return receipt;
    }

    private static JsonElement Jwk(VerifyingKey key)
    {
        System.Buffers.ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer)) key.WriteJwk(json);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    public void Dispose()
    {
        Server.Dispose();
        First.Dispose();
        foreach (Sheet sheet in Sheets) sheet.Dispose();
    }
}
