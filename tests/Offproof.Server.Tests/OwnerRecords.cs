using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>What else an owner signs: erasures, devices, sheets (consent.md §3.7 to §3.12).</summary>
sealed partial class Owner
{
    const string Recipient = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq";

    readonly SheetLine sheets;
    readonly bool joined;

    // A further device of the same account, with the same piece of paper.
    internal Owner(Owner first, SigningKey device, SignedRecord root)
    {
        (bench, sheets, joined) = (first.bench, first.sheets, true);
        (Account, Device, Certificate, Last) = (first.Account, device, first.Certificate, root.Hash);
    }

    internal Succession NextSheet => sheets.Next ?? Succession.First(Account);

    internal IReadOnlyList<SigningKey> OldSheets => sheets.Old;

    internal SignedRecord SignCertificate(SigningKey device) =>
        Consent.Certificate.Sign(Sheet, new() { Account = Account, DeviceKey = device.Public, Server = bench.Server.Key, IssuedAt = bench.Now });

    internal SignedRecord SignAdmission(SigningKey device) => Admission.Sign(Device, new()
    {
        Issuer = Device.Thumbprint,
        Account = Account,
        Server = bench.Server.Key,
        IssuedAt = bench.Now,
        Place = new(Seq + 1, Last),
        DeviceKey = device.Public,
    });

    internal SignedRecord SignRemoval(Thumbprint device, bool bySheet = false) => Removal.Sign(bySheet ? Sheet : Device, new()
    {
        Issuer = bySheet ? Account : Device.Thumbprint,
        Account = Account,
        Server = bench.Server.Key,
        IssuedAt = bench.Now,
        Place = bySheet ? null : new(Seq + 1, Last),
        Device = device,
    });

    internal SignedRecord SignErasure(OpenVault vault, bool bySheet = false, Func<Erasure, Erasure>? change = null)
    {
        Erasure erasure = new()
        {
            Issuer = bySheet ? Account : Device.Thumbprint,
            Account = Account,
            Server = bench.Server.Key,
            IssuedAt = bench.Now,
            Place = bySheet ? null : new(Seq + 1, Last),
            Device = vault.Owner.Device.Thumbprint,
            Category = vault.Category,
            Epoch = new(vault.Epoch),
            Grant = vault.Grant.Hash,
            RecordId = Guid.NewGuid(),
            EventTime = bench.Time.GetUtcNow(),
        };
        return Erasure.Sign(bySheet ? Sheet : Device, change?.Invoke(erasure) ?? erasure);
    }

    internal SignedRecord SignCancellation(SignedRecord of, SigningKey? sheet = null) => Cancellation.Sign(sheet ?? Sheet, new()
    {
        Account = Account,
        Server = bench.Server.Key,
        IssuedAt = bench.Now,
        Record = of.Hash,
        OfTyp = of.Typ,
    });

    internal SignedRecord SignRotation(SigningKey sheet, SigningKey? by = null, Func<Rotation, Rotation>? change = null)
    {
        Rotation rotation = new()
        {
            Account = Account,
            Server = bench.Server.Key,
            IssuedAt = bench.Now,
            Succession = NextSheet,
            Sheet = new(sheet.Public, Recipient),
            Identity = "age-encryption.org/v1"u8.ToArray(),
        };
        return Rotation.Sign(by ?? Sheet, change?.Invoke(rotation) ?? rotation);
    }

    internal SignedRecord SignReplacement(SigningKey sheet, Func<Replacement, Replacement>? change = null)
    {
        Replacement replacement = new()
        {
            Device = Device.Thumbprint,
            Account = Account,
            Server = bench.Server.Key,
            IssuedAt = bench.Now,
            Place = new(Seq + 1, Last),
            Succession = NextSheet,
            Sheet = new(sheet.Public, Recipient),
        };
        return Replacement.Sign(Device, change?.Invoke(replacement) ?? replacement);
    }

    // The chain goes on from here, without a server.
    internal void Forward(SignedRecord record) => (Seq, Last) = (Seq + 1, record.Hash);

    // Posts a record of the sheet, which must be taken.
    internal async Task<Answer> TakeBySheetAsync(SignedRecord record) => (await bench.PostAsync("v1/records", record)).Is(HttpStatusCode.Created);

    internal async Task<Owner> JoinAsync()
    {
        var device = SigningKey.Generate();
        var admission = SignAdmission(device);
        await TakeAsync(admission);
        return new(this, device, admission);
    }

    internal async Task<Owner> CertifyAsync()
    {
        var device = SigningKey.Generate();
        var certificate = SignCertificate(device);
        await TakeBySheetAsync(certificate);
        return new(this, device, certificate);
    }

    internal async Task<SignedRecord> RotateAsync()
    {
        var sheet = SigningKey.Generate();
        var rotation = SignRotation(sheet);
        await TakeBySheetAsync(rotation);
        Changed(sheet, rotation);
        return rotation;
    }

    // The account's sheet is another from now on.
    internal void Changed(SigningKey sheet, SignedRecord by)
    {
        sheets.Next = NextSheet.After(by.Hash);
        sheets.Old.Add(Sheet);
        sheets.Now = sheet;
    }

    /// <summary>The sheets of one account, which all its devices' owners share.</summary>
    sealed class SheetLine : IDisposable
    {
        internal SigningKey Now { get; set; } = SigningKey.Generate();

        internal List<SigningKey> Old { get; } = [];

        internal Succession? Next { get; set; }

        public void Dispose()
        {
            Now.Dispose();
            foreach (var old in Old) old.Dispose();
        }
    }
}
