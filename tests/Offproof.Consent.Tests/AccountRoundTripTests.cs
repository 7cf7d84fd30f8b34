using CsCheck;

namespace Offproof.Consent.Tests;

/// <summary>Records of erasure, devices and sheets: whatever is signed reads back the same, to the reader for whom it is and to nobody else; what cannot be read back is not signed.</summary>
public sealed class AccountRoundTripTests
{
    static readonly Gen<Digest> Digests = Gen.Byte.Array[32].Select(bytes => Digest.FromHash(bytes));
    static readonly Gen<Thumbprint> Names = Digests.Select(digest => Thumbprint.Parse(digest.Text));
    static readonly Gen<long> Times = Gen.OneOf(Gen.Long[0, 253_402_300_799], One(0L, 253_402_300_799L));
    static readonly Gen<ChainPlace> Places = Gen.Select(Gen.Long[1, int.MaxValue], Digests, (seq, prev) => new ChainPlace(seq, prev));
    static readonly Gen<Guid> RecordIds = Gen.Guid.Select(id => Guid.Parse($"{id:D}"[..14] + "4" + $"{id:D}"[15..19] + "a" + $"{id:D}"[20..]));
    static readonly Gen<SigningKey> AnyKey = One(Examples.Device, Examples.Other, Examples.Third, Examples.Sheets[1], Examples.Sheets[2]);
    static readonly Gen<NewSheet> NewSheets = Gen.Select(AnyKey, Gen.Char["023456789acdefghjklmnpqrstuvwxyz"].Array[58], (key, text) => new NewSheet(key.Public, "age1" + new string(text)));

    static Gen<Succession> Successions(Thumbprint account) => Gen.OneOf(
        Gen.Const(Succession.First(account)), Gen.Select(Gen.Long[2, int.MaxValue], Digests, (number, before) => new Succession(number, before)));

    [Fact]
    public void An_erasure_reads_back() => Gen.Select(AnyKey, Gen.Bool, Names, Places, Times, Gen.Int[0, 3], Gen.Int[1, 999_999], Gen.Select(Digests, RecordIds, Names)).Sample(
        (key, bySheet, account, place, time, category, epoch, rest) =>
        {
            var issuer = bySheet ? account : key.Thumbprint;
            Erasure content = new()
            {
                Issuer = issuer,
                Account = account,
                Server = Examples.Server.Thumbprint,
                IssuedAt = time,
                Place = bySheet ? null : place,
                Device = bySheet ? rest.Item3 : issuer,
                Category = (Category)category,
                Epoch = new(epoch),
                Grant = rest.Item1,
                RecordId = rest.Item2,
                EventTime = DateTimeOffset.FromUnixTimeSeconds(time),
            };
            var record = Erasure.Sign(key, content);
            Only(record, key, issuer, (r, k, i, a) => Erasure.TryVerify(r, k, i, a, out var read) ? read : null, content);
        },
        iter: 200);

    [Fact]
    public void An_admission_and_a_removal_read_back() => Gen.Select(AnyKey, AnyKey, Gen.Bool, Names, Names, Places, Times).Sample(
        (key, admitted, bySheet, account, device, place, time) =>
        {
            Admission admission = new() { Issuer = key.Thumbprint, Account = account, Server = Examples.Server.Thumbprint, IssuedAt = time, Place = place, DeviceKey = admitted.Public };
            Only(Admission.Sign(key, admission), key, key.Thumbprint, (r, k, i, a) => i == k.Thumbprint && Admission.TryVerify(r, k, a, out var read) ? read : null, admission);

            var issuer = bySheet ? account : key.Thumbprint;
            Removal removal = new() { Issuer = issuer, Account = account, Server = Examples.Server.Thumbprint, IssuedAt = time, Place = bySheet ? null : place, Device = device };
            Only(Removal.Sign(key, removal), key, issuer, (r, k, i, a) => Removal.TryVerify(r, k, i, a, out var read) ? read : null, removal);
        },
        iter: 200);

    [Fact]
    public void A_rotation_a_replacement_and_a_cancellation_read_back() => Gen.Select(AnyKey, Names, Times, NewSheets, Gen.Byte.Array[1, 4096], Places).SelectMany(
        head => Gen.Select(Gen.Const(head), Successions(head.Item2), Digests, Gen.Bool)).Sample(
        (head, succession, digest, erasure) =>
        {
            var (key, account, time, sheet, identity, place) = head;
            var server = Examples.Server.Thumbprint;
            Rotation rotation = new() { Account = account, Server = server, IssuedAt = time, Succession = succession, Sheet = sheet, Identity = identity };
            Only(Rotation.Sign(key, rotation), key, account, (r, k, i, a) => Bare(Rotation.TryVerify(r, k, i, a, out var read) ? read : null), Bare(rotation)!);

            Replacement replacement = new() { Device = key.Thumbprint, Account = account, Server = server, IssuedAt = time, Place = place, Succession = succession, Sheet = sheet };
            Only(Replacement.Sign(key, replacement), key, key.Thumbprint, (r, k, i, a) => i == k.Thumbprint && Replacement.TryVerify(r, k, a, out var read) ? read : null, replacement);

            Cancellation cancellation = new() { Account = account, Server = server, IssuedAt = time, Record = digest, OfTyp = erasure ? RecordTyp.Erasure : RecordTyp.Replacement };
            Only(Cancellation.Sign(key, cancellation), key, account, (r, k, i, a) => Cancellation.TryVerify(r, k, i, a, out var read) ? read : null, cancellation);
        },
        iter: 200);

    // The table of consent.md §3.5, written out again.
    static readonly Dictionary<ReceiptState, (string Typ, bool Due)> Table = new()
    {
        [ReceiptState.Account] = (RecordTyp.Certificate, false),
        [ReceiptState.On] = (RecordTyp.Grant, false),
        [ReceiptState.Kept] = (RecordTyp.Revocation, false),
        [ReceiptState.Closed] = (RecordTyp.Erasure, true),
        [ReceiptState.Erased] = (RecordTyp.Erasure, false),
        [ReceiptState.Cancelled] = (RecordTyp.Cancellation, false),
        [ReceiptState.Rotated] = (RecordTyp.Rotation, false),
        [ReceiptState.Pending] = (RecordTyp.Replacement, true),
        [ReceiptState.Replaced] = (RecordTyp.Replacement, false),
        [ReceiptState.Device] = (RecordTyp.Admission, false),
        [ReceiptState.Removed] = (RecordTyp.Removal, false),
        [ReceiptState.Token] = (RecordTyp.Proof, false),
    };

    [Fact]
    public void A_receipt_is_one_of_the_table_or_none()
    {
        Assert.Equal(Enum.GetValues<ReceiptState>().Order(), Table.Keys.Order());
        string[] types = [.. Table.Values.Select(row => row.Typ), RecordTyp.Receipt, "erasure"];
        Gen.Select(Gen.Enum<ReceiptState>(), One(types), Gen.Bool, Times, Times, Digests, Names).Sample(
            (state, typ, due, time, when, record, account) =>
            {
                Receipt content = new()
                {
                    Server = Examples.Server.Thumbprint,
                    Account = account,
                    Audience = account,
                    IssuedAt = time,
                    Record = record,
                    OfTyp = typ,
                    State = state,
                    Due = due ? when : null,
                };
                if (Table[state] != (typ, due))
                {
                    Assert.Throws<ArgumentException>(() => Receipt.Sign(Examples.Server, content));
                    return;
                }

                var signed = Receipt.Sign(Examples.Server, content);
                Only(signed, Examples.Server, Examples.Server.Thumbprint, (r, k, i, a) => i == k.Thumbprint && Receipt.TryVerify(r, k, a, out var read) ? read : null, content, account);
            },
            iter: 1000);
    }

    [Fact]
    public void What_cannot_be_read_back_is_misuse()
    {
        Digest x = Digest.Of("x"u8);
        var (device, sheet) = (Examples.Device, Examples.Sheet);
        var erasure = Examples.Erasure(4, x, x, 0);
        var bySheet = Examples.ErasureBySheet(x);
        var admission = Examples.Admission(x);
        var removal = Examples.Removal(device.Thumbprint, new(1, x), Examples.Other.Thumbprint, 0);
        var rotation = Examples.Rotation("rotation", Succession.First(Examples.Account), 0, 0);
        var replacement = Examples.Replacement(new(1, x), x, 0);
        Cancellation cancellation = new() { Account = Examples.Account, Server = Examples.Server.Thumbprint, IssuedAt = 0, Record = x, OfTyp = RecordTyp.Grant };
        string recipient = PublishedKeys.LaterSheets[0].Recipient;
        foreach (var misuse in (Action[])
        [
            () => Erasure.Sign(sheet, erasure), // another key than the device's
            () => Erasure.Sign(device, erasure with { Device = Examples.Other.Thumbprint }),
            () => Erasure.Sign(device, erasure with { Place = null }),
            () => Erasure.Sign(device, erasure with { Place = new(0, x) }),
            () => Erasure.Sign(device, erasure with { Place = new(1L + int.MaxValue, x) }),
            () => Erasure.Sign(device, erasure with { IssuedAt = -1 }),
            () => Erasure.Sign(device, erasure with { IssuedAt = 253_402_300_800 }),
            () => Erasure.Sign(device, erasure with { RecordId = Guid.Empty }),
            () => Erasure.Sign(sheet, bySheet with { Place = new(1, x) }),
            () => Admission.Sign(Examples.Other, admission),
            () => Admission.Sign(sheet, admission with { Issuer = Examples.Account }),
            () => Removal.Sign(Examples.Other, removal),
            () => Removal.Sign(device, removal with { Place = null }),
            () => Removal.Sign(sheet, removal with { Issuer = Examples.Account }),
            () => Rotation.Sign(sheet, rotation with { Identity = default }),
            () => Rotation.Sign(sheet, rotation with { Identity = new byte[4097] }),
            () => Rotation.Sign(sheet, rotation with { Succession = new(1, x) }),
            () => Rotation.Sign(sheet, rotation with { Succession = new(0, x) }),
            () => Rotation.Sign(sheet, rotation with { Succession = new(1L + int.MaxValue, x) }),
            () => Rotation.Sign(sheet, rotation with { Succession = Succession.First(Examples.Account) with { Number = 2 } }),
            () => Replacement.Sign(Examples.Other, replacement),
            () => Replacement.Sign(device, replacement with { Succession = new(1, x) }),
            () => Cancellation.Sign(sheet, cancellation),
            () => Receipt.Sign(Examples.Server, Examples.Receipt(Examples.Account, Erasure.Sign(device, erasure), ReceiptState.Closed, 0)), // no due
            () => _ = new NewSheet(device.Public, recipient.ToUpperInvariant()),
            () => _ = new NewSheet(device.Public, recipient[..^1]),
            () => Grant.Sign(device, Examples.Grant(x) with { Consent = Examples.Grant(x).Consent with { ServerUrl = "https://cloud.example.org" } }),
            () => Grant.Sign(device, Examples.Grant(x) with { Consent = Examples.Grant(x).Consent with { RecordId = Guid.CreateVersion7() } }),
        ]) Assert.ThrowsAny<ArgumentException>(misuse);

        // The same contents without the one mistake are signed.
        Assert.NotNull(Erasure.Sign(device, erasure));
        Assert.NotNull(Erasure.Sign(sheet, bySheet));
        Assert.NotNull(Admission.Sign(device, admission));
        Assert.NotNull(Removal.Sign(device, removal));
        Assert.NotNull(Removal.Sign(sheet, removal with { Issuer = Examples.Account, Place = null }));
        Assert.NotNull(Rotation.Sign(sheet, rotation));
        Assert.NotNull(Replacement.Sign(device, replacement));
        Assert.NotNull(Cancellation.Sign(sheet, cancellation with { OfTyp = RecordTyp.Erasure }));
        Assert.NotNull(Grant.Sign(device, Examples.Grant(x)));
    }

    static Gen<T> One<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(at => items[at]);

    // A memory is equal to another of the same array alone; the bytes are compared as text.
    static object? Bare(Rotation? rotation) => rotation is null ? null : (rotation with { Identity = default }, Convert.ToHexString(rotation.Identity.Span));

    // The content comes back after a journey as text; for another key, issuer or audience nothing does.
    static void Only(SignedRecord signed, SigningKey key, Thumbprint issuer, Func<SignedRecord, VerifyingKey, Thumbprint, Thumbprint, object?> read, object content, Thumbprint? audience = null)
    {
        Assert.True(SignedRecord.TryParse(signed.Compact, out var record));
        var reader = audience ?? Examples.Server.Thumbprint;
        Assert.Equal(content, read(record, key.Public, issuer, reader));
        Assert.Null(read(record, PublishedKeys.Sheet().Public, issuer, reader));
        Assert.Null(read(record, key.Public, Thumbprint.Parse(new string('0', 64)), reader));
        Assert.Null(read(record, key.Public, issuer, Thumbprint.Parse(new string('0', 64))));
    }
}
