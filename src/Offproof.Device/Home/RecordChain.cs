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
        HomeFolder.Write(Path.Combine(home.Records, Path.ChangeExtension(CertificateFile, ".receipt.jws")), Encoding.ASCII.GetBytes(receipt));

    /// <summary>Reads and verifies every link with the device's own key.</summary>
    internal static RecordChain Load(HomeFolder home, VerifyingKey device, Thumbprint server)
    {
        RecordChain chain = new(home, Parse(Path.Combine(home.Records, CertificateFile)));
        foreach (string file in Directory.GetFiles(home.Records, "*.jws").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(file);
            if (name == CertificateFile || name.EndsWith(".receipt.jws", StringComparison.Ordinal)) continue;
            SignedRecord record = Parse(file);
            Grant.TryVerify(record, device, server, out Grant? grant);
            Revocation.TryVerify(record, device, server, out Revocation? revocation);
            (long seq, Digest prev) = grant is not null ? (grant.Seq, grant.Prev)
                : revocation is not null ? (revocation.Seq, revocation.Prev)
                : throw Broken(file, "it is not signed by this device");
            if (seq != chain.NextSeq || prev != chain.LastHash) throw Broken(file, "it does not follow the record before it");
            chain.links.Add(new Link(seq, file, record, grant, revocation));
        }
        return chain;
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

    private static DeviceException Broken(string file, string why) =>
        new(DeviceFault.Forgery, $"the record {file} cannot be believed: {why}", "nothing on the server is affected; what is stored opens with the sheet");
}
