using System.Diagnostics.CodeAnalysis;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The device's records, in order: the certificate or admission that made it a device, then each link (consent.md §3.2). A record is on the disk before anything
/// it says is done, so the newest record is what holds, also after a crash.
/// </summary>
internal sealed class RecordChain
{
    private readonly HomeFolder home;
    private readonly VerifyingKey device;
    private readonly Thumbprint server;
    private readonly List<Link> links = [];

    private RecordChain(HomeFolder home, SignedRecord origin, VerifyingKey device, Thumbprint server)
    {
        (this.home, this.device, this.server) = (home, device, server);
        Origin = origin;
    }

    /// <summary>What made this a device of its account: its certificate or its admission.</summary>
    internal SignedRecord Origin { get; }

    internal IReadOnlyList<Link> Links => links;

    internal ChainPlace Next => new(links.Count + 1, links.Count == 0 ? Origin.Hash : links[^1].Record.Hash);

    /// <summary>Reads and verifies every link with the device's own key.</summary>
    internal static RecordChain Load(HomeFolder home, VerifyingKey device, Thumbprint server)
    {
        SignedRecord origin = ChainOrigin.Read(home) ?? throw Broken(ChainOrigin.FileOf(home, RecordTyp.Certificate), "it is missing, or not a signed record");
        RecordChain chain = new(home, origin, device, server);
        foreach (string file in Directory.GetFiles(home.Records, "*.jws").Order(StringComparer.Ordinal))
        {
            if (!IsLink(Path.GetFileName(file))) continue;
            if (!chain.TryFollow(Parse(file), out Link? link, out string? why)) throw Broken(file, why);
            chain.links.Add(link with { File = file });
        }
        return chain;
    }

    // The chain's own files begin with their place; origin, receipts and the records of others that are kept here are none.
    private static bool IsLink(string name) =>
        name.Length > 9 && name[8] == '-' && name.AsSpan(0, 8).IndexOfAnyExceptInRange('0', '9') < 0 && !name.StartsWith("00000000-", StringComparison.Ordinal)
        && !name.EndsWith(".receipt.jws", StringComparison.Ordinal);

    /// <summary>
    /// Takes over what the server holds of this device's own chain, where it goes on beyond ours: this home was restored from an older copy. Every link is
    /// verified as if it lay here. Links of ours that the server's replace keep their files, under a name that is no longer read. The chain is whole
    /// after each step, so a crash costs nothing. The home's lock is held.
    /// </summary>
    /// <param name="records">All records of the account, as the server has them; those of other devices are passed over</param>
    /// <returns>The links of ours that the server's replaced; null when the server has nothing beyond ours.</returns>
    /// <exception cref="DeviceException">What the server shows does not verify as this device's chain: nothing was taken over.</exception>
    internal IReadOnlyList<Link>? Adopt(IEnumerable<string> records)
    {
        RecordChain theirs = new(home, Origin, device, server);
        foreach (string compact in records)
        {
            if (!SignedRecord.TryParse(compact, out SignedRecord? record)) throw NotOurs("a record is malformed");
            if (record.Kid != device.Thumbprint) continue;
            if (!theirs.TryFollow(record, out Link? link, out string? why)) throw NotOurs(why);
            theirs.links.Add(link);
        }
        int common = links.Zip(theirs.links).TakeWhile(static pair => pair.First.Record.Hash == pair.Second.Record.Hash).Count();
        if (theirs.links.Count == common) return null;
        IReadOnlyList<Link> replaced = Supersede(common);
        foreach (Link link in theirs.links.Skip(common)) Append(link.Record);
        return replaced;
    }

    /// <summary>Takes the links from this place on out of the chain. Their files stay, under a name that is no longer read. The home's lock is held.</summary>
    internal IReadOnlyList<Link> Supersede(int from)
    {
        Link[] taken = [.. links.Skip(from)];
        while (links.Count > from)
        {
            Link last = links[^1];
            string ending = Ending();
            PutAside(last, ending);
            File.Move(last.File, last.File + ending);
            DirectorySync.Flush(home.Records);
            links.RemoveAt(links.Count - 1);
        }
        return taken;
    }

    private bool TryFollow(SignedRecord record, [NotNullWhen(true)] out Link? link, [NotNullWhen(false)] out string? why)
    {
        why = "it is not signed by this device";
        if (!Link.TryRead(record, device, server, out link)) return false;
        why = "it does not follow the record before it";
        if (link.Place != Next) return false;
        why = null;
        return true;
    }

    /// <summary>The record that decides this category's switch: its newest grant or revocation.</summary>
    internal Link? Newest(Category category) => links.FindLast(link => link.Category == category);

    /// <summary>The newest erasure of an epoch; null where this device never asked for one.</summary>
    internal Link? ErasureOf(Category category, Epoch epoch) => links.FindLast(link => link.Erasure is { } e && e.Category == category && e.Epoch == epoch);

    /// <summary>Every grant of a category, in order.</summary>
    internal IEnumerable<Link> Grants(Category category) => links.Where(link => link.Grant?.Category == category);

    internal Link Append(SignedRecord record)
    {
        if (!TryFollow(record, out Link? link, out string? why)) throw new InvalidOperationException($"a record that was just signed is no link of this chain: {why}");
        link = link with { File = Path.Combine(home.Records, link.FileName) };
        HomeFolder.Write(link.File, Encoding.ASCII.GetBytes(record.Compact));
        links.Add(link);
        return link;
    }

    internal static void Told(Link link, string receipt) => HomeFolder.Write(link.ReceiptFile, Encoding.ASCII.GetBytes(receipt));

    /// <summary>A server that had forgotten the record signed a new receipt: that one counts. What it had signed before stays in the folder, for whoever asks the operator what happened.</summary>
    internal static void ToldAgain(Link link, string receipt)
    {
        PutAside(link, Ending());
        Told(link, receipt);
    }

    private static void PutAside(Link link, string ending)
    {
        foreach (string receipt in (string[])[link.OutcomeFile, link.ReceiptFile])
            if (File.Exists(receipt)) File.Move(receipt, receipt + ending);
    }

    private static string Ending() => $".superseded-{Guid.NewGuid():N}";

    private static SignedRecord Parse(string file) =>
        SignedRecord.TryParse(File.ReadAllText(file).Trim(), out SignedRecord? record) ? record : throw Broken(file, "it is not a signed record");

    private static DeviceException NotOurs(string why) => new(
        DeviceFault.Forgery, $"the server shows a record of this device that cannot be believed: {why}", "nothing of it was taken over; the records here stay as they are");

    private static DeviceException Broken(string file, string why) =>
        new(DeviceFault.Forgery, $"the record {file} cannot be believed: {why}", "nothing on the server is affected; what is stored opens with the sheet");
}
