using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    /// <summary>The lines of this device's ledger, oldest first (ledger.md §2). What is appended while they are read is not among them.</summary>
    public IEnumerable<LedgerLine> Ledger() => LedgerCheck.Lines(new LedgerFile(home, time));

    /// <summary>Checks the ledger against itself, its head and the server's receipts (ledger.md §5-§7). Opens no connection and changes nothing.</summary>
    public LedgerVerdict VerifyLedger() =>
        LedgerCheck.Run(new LedgerFile(home, time), [.. Anchors.Read(home, serverKey, deviceKey.Thumbprint, AccountId)]);

    /// <summary>The record hash of a grant of this device.</summary>
    private Digest HashOf(Grant grant) =>
        Chain().Links.First(link => link.Grant is { } other && other.Category == grant.Category && other.Epoch == grant.Epoch).Record.Hash;

    /// <summary>ledger.md §5: of the receipts for tokens, the one with the highest number is kept.</summary>
    private void KeepAnchor(Token token, SignedRecord proof)
    {
        if (token.Receipt is null) return; // a server that returns no head: the lines stay unanchored, and `ledger verify` says so
        if (!SignedRecord.TryParse(token.Receipt, out SignedRecord? signed) || !Receipt.TryVerify(signed, serverKey, deviceKey.Thumbprint, out Receipt? receipt)
            || receipt.Record != proof.Hash || receipt.Ledger is null)
        {
            throw new DeviceException(DeviceFault.Forgery, "the server's receipt for a token is not for what was sent", "nothing was done with the token");
        }
        RequireShown(ledger, receipt.Ledger);
        Anchors.Keep(home, signed, receipt.Ledger.Value, serverKey, deviceKey.Thumbprint);
    }

    /// <summary>A server that signs another head than it was sent would make an honest ledger look forged.</summary>
    private static void RequireShown(Ledger ledger, LedgerHead? returned)
    {
        if (returned is { } head && !ledger.HasShown(head))
            throw new DeviceException(DeviceFault.Forgery, "the server's receipt names a head of the ledger that was not sent", "the receipt was not kept; ask the server's operator what happened");
    }
}

/// <summary>A head that the server signed, and the file that shows it.</summary>
internal readonly record struct Anchor(LedgerHead Head, string File);

/// <summary>The receipts in a home that return a head of its ledger (ledger.md §5).</summary>
internal static class Anchors
{
    private const string OfTokens = "ledger.receipt.jws";

    internal static void Keep(HomeFolder home, SignedRecord receipt, LedgerHead head, VerifyingKey server, Thumbprint device)
    {
        string file = Path.Combine(home.Records, OfTokens);
        if (Read(file, server, device, device) is { } kept && kept.Seq >= head.Seq) return;
        try
        {
            HomeFolder.Write(file, Encoding.ASCII.GetBytes(receipt.Compact));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lines stay unanchored, and `ledger verify` says so; what the token is for does not depend on it.
        }
    }

    /// <summary>Those that the pinned server signed for this device or its account. Of another file nothing is believed, so it is as if it were not there.</summary>
    internal static IEnumerable<Anchor> Read(HomeFolder home, VerifyingKey server, Thumbprint device, Thumbprint account) =>
        from file in Directory.Exists(home.Records) ? Directory.GetFiles(home.Records, "*.receipt.jws") : []
        let head = Read(file, server, device, account)
        where head is not null
        orderby head.Value.Seq
        select new Anchor(head.Value, Path.GetFileName(file));

    private static LedgerHead? Read(string file, VerifyingKey server, Thumbprint device, Thumbprint account) =>
        File.Exists(file) && SignedRecord.TryParse(File.ReadAllText(file).Trim(), out SignedRecord? signed)
            && (Receipt.TryVerify(signed, server, device, out Receipt? receipt) || Receipt.TryVerify(signed, server, account, out receipt))
            ? receipt.Ledger
            : null;
}
