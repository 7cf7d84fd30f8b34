using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>One record of this device, and the server's receipt for it once there is one.</summary>
internal sealed record Link(long Seq, string File, SignedRecord Record, Grant? Grant, Revocation? Revocation)
{
    internal string ReceiptFile => Path.ChangeExtension(File, ".receipt.jws");

    internal bool IsTold => System.IO.File.Exists(ReceiptFile);

    internal Category? Category => Grant?.Category ?? Revocation?.Category;
}

/// <summary>
/// The device's records, in order: the certificate, then each grant and revocation (consent.md §3.2). A record is on the disk before anything
/// it says is done, so the newest record is what holds, also after a crash.
/// </summary>
internal sealed class RecordChain
{
    private const string CertificateFile = "00000000-certificate.jws";
    private readonly HomeFolder home;
    private readonly List<Link> links = [];

    private RecordChain(HomeFolder home, SignedRecord certificate)
    {
        this.home = home;
        Certificate = certificate;
    }

    internal SignedRecord Certificate { get; }

    internal IReadOnlyList<Link> Links => links;

    internal long NextSeq => links.Count + 1;

    internal Digest LastHash => links.Count == 0 ? Certificate.Hash : links[^1].Record.Hash;

    internal static void WriteCertificate(HomeFolder home, SignedRecord certificate) =>
        HomeFolder.Write(Path.Combine(home.Records, CertificateFile), Encoding.ASCII.GetBytes(certificate.Compact));

    internal static void WriteCertificateReceipt(HomeFolder home, string receipt) =>
        HomeFolder.Write(CertificateReceipt(home), Encoding.ASCII.GetBytes(receipt));

    /// <summary>What an `init` that did not finish may have left; null where there is none, or none that can be read.</summary>
    internal static SignedRecord? ReadCertificate(HomeFolder home)
    {
        string file = Path.Combine(home.Records, CertificateFile);
        return File.Exists(file) && SignedRecord.TryParse(File.ReadAllText(file).Trim(), out SignedRecord? certificate) ? certificate : null;
    }

    /// <summary>The server's receipt for it; null where there is none.</summary>
    internal static string? ReadCertificateReceipt(HomeFolder home) => File.Exists(CertificateReceipt(home)) ? File.ReadAllText(CertificateReceipt(home)).Trim() : null;

    internal static void DeleteCertificate(HomeFolder home)
    {
        if (!Directory.Exists(home.Records)) return;
        File.Delete(Path.Combine(home.Records, CertificateFile));
        File.Delete(CertificateReceipt(home));
    }

    /// <summary>True if records lie here that a server has acknowledged, or that say more than which device this is: they are not begun anew.</summary>
    internal static bool AnyToKeep(HomeFolder home) =>
        Directory.Exists(home.Records) && Directory.GetFiles(home.Records, "*.jws").Any(static file => Path.GetFileName(file) != CertificateFile);

    private static string CertificateReceipt(HomeFolder home) => Path.Combine(home.Records, Path.ChangeExtension(CertificateFile, ".receipt.jws"));

    /// <summary>Reads and verifies every link with the device's own key.</summary>
    internal static RecordChain Load(HomeFolder home, VerifyingKey device, Thumbprint server)
    {
        RecordChain chain = new(home, Parse(Path.Combine(home.Records, CertificateFile)));
        foreach (string file in Directory.GetFiles(home.Records, "*.jws").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(file);
            if (name == CertificateFile || name.EndsWith(".receipt.jws", StringComparison.Ordinal)) continue;
            if (!chain.TryFollow(Parse(file), file, device, server, out Link? link, out string? why)) throw Broken(file, why);
            chain.links.Add(link);
        }
        return chain;
    }

    /// <summary>
    /// Takes over what the server holds of this device's own chain, where it goes on beyond ours: this home was restored from an older copy. Every link is
    /// verified as if it lay here. Links of ours that the server's replace keep their files, under a name that is no longer read. The chain is whole
    /// after each step, so a crash costs nothing. The home's lock is held.
    /// </summary>
    /// <param name="records">All records of the account, as the server has them; those of other devices are passed over</param>
    /// <param name="device">This device's key</param>
    /// <param name="server">SERVER</param>
    /// <returns>False when the server has nothing beyond ours.</returns>
    /// <exception cref="DeviceException">What the server shows does not verify as this device's chain: nothing was taken over.</exception>
    internal bool Adopt(IEnumerable<string> records, VerifyingKey device, Thumbprint server)
    {
        RecordChain theirs = new(home, Certificate);
        foreach (string compact in records)
        {
            if (!SignedRecord.TryParse(compact, out SignedRecord? record)) throw NotOurs("a record is malformed");
            if (record.Kid != device.Thumbprint) continue;
            if (!theirs.TryFollow(record, "", device, server, out Link? link, out string? why)) throw NotOurs(why);
            theirs.links.Add(link);
        }
        int common = links.Zip(theirs.links).TakeWhile(static pair => pair.First.Record.Hash == pair.Second.Record.Hash).Count();
        if (theirs.links.Count == common) return false;
        while (links.Count > common)
        {
            Link last = links[^1];
            string ending = $".superseded-{Guid.NewGuid():N}";
            if (last.IsTold) File.Move(last.ReceiptFile, last.ReceiptFile + ending);
            File.Move(last.File, last.File + ending);
            DirectorySync.Flush(home.Records);
            links.RemoveAt(links.Count - 1);
        }
        foreach (Link link in theirs.links.Skip(common)) Append(link.Record, link.Grant, link.Revocation);
        return true;
    }

    private bool TryFollow(
        SignedRecord record, string file, VerifyingKey device, Thumbprint server, [NotNullWhen(true)] out Link? link, [NotNullWhen(false)] out string? why)
    {
        link = null;
        why = "it is not signed by this device";
        Grant.TryVerify(record, device, server, out Grant? grant);
        Revocation.TryVerify(record, device, server, out Revocation? revocation);
        if (grant is null && revocation is null) return false;
        (long seq, Digest prev) = grant is not null ? (grant.Seq, grant.Prev) : (revocation!.Seq, revocation.Prev);
        why = "it does not follow the record before it";
        if (seq != NextSeq || prev != LastHash) return false;
        (link, why) = (new Link(seq, file, record, grant, revocation), null);
        return true;
    }

    /// <summary>The record that decides this category's switch: its newest.</summary>
    internal Link? Newest(Category category) => links.FindLast(link => link.Category == category);

    internal Link Append(SignedRecord record, Grant? grant, Revocation? revocation)
    {
        (string kind, Category category, Epoch epoch) = grant is not null
            ? ("grant", grant.Category, grant.Epoch)
            : ("revocation", revocation!.Category, revocation.Epoch);
        string file = Path.Combine(home.Records, string.Create(CultureInfo.InvariantCulture, $"{NextSeq:D8}-{kind}-{category.Name()}-{epoch}.jws"));
        Link link = new(NextSeq, file, record, grant, revocation);
        HomeFolder.Write(file, Encoding.ASCII.GetBytes(record.Compact));
        links.Add(link);
        return link;
    }

    internal static void Told(Link link, string receipt) => HomeFolder.Write(link.ReceiptFile, Encoding.ASCII.GetBytes(receipt));

    private static SignedRecord Parse(string file)
    {
        if (!File.Exists(file)) throw Broken(file, "it is missing");
        return SignedRecord.TryParse(File.ReadAllText(file).Trim(), out SignedRecord? record) ? record : throw Broken(file, "it is not a signed record");
    }

    private static DeviceException NotOurs(string why) => new(
        DeviceFault.Forgery, $"the server shows a record of this device that cannot be believed: {why}", "nothing of it was taken over; the records here stay as they are");

    private static DeviceException Broken(string file, string why) =>
        new(DeviceFault.Forgery, $"the record {file} cannot be believed: {why}", "nothing on the server is affected; what is stored opens with the sheet");
}
