using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>A head that the server signed, and the file that shows it.</summary>
internal readonly record struct Anchor(LedgerHead Head, string File);

/// <summary>The receipts in a home that return a head of its ledger (ledger.md §5).</summary>
internal static class Anchors
{
    private const string OfTokens = "ledger.receipt.jws";

    /// <summary>Of the receipts for tokens, the one with the highest number.</summary>
    /// <param name="home">Whose ledger it is</param>
    /// <param name="ledger">What went out with the proof</param>
    /// <param name="token">What came for it</param>
    /// <param name="proof">The proof</param>
    /// <param name="server">The pinned server's key</param>
    /// <param name="signer">Who signed the proof</param>
    /// <exception cref="DeviceException">The receipt is not for the proof, or names a head that was not sent: nothing is kept.</exception>
    internal static void Keep(HomeFolder home, Ledger ledger, Token token, SignedRecord proof, VerifyingKey server, Thumbprint signer)
    {
        if (token.Receipt is null) return; // a server that returns no head: the lines stay unanchored, and `ledger verify` says so
        if (!SignedRecord.TryParse(token.Receipt, out SignedRecord? signed) || !Receipt.TryVerify(signed, server, signer, out Receipt? receipt)
            || receipt.Record != proof.Hash || receipt.Ledger is not { } head)
        {
            throw new DeviceException(DeviceFault.Forgery, "the server's receipt for a token is not for what was sent", "nothing was done with the token");
        }
        RequireShown(ledger, head);
        string file = Path.Combine(home.Records, OfTokens);
        if (Read(file, server, signer, receipt.Account) is { } kept && kept.Seq >= head.Seq) return;
        try
        {
            HomeFolder.Write(file, Encoding.ASCII.GetBytes(signed.Compact));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lines stay unanchored, and `ledger verify` says so; what the token is for does not depend on it.
        }
    }

    /// <summary>A server that signs another head than it was sent would make an honest ledger look forged.</summary>
    internal static void RequireShown(Ledger ledger, LedgerHead? returned)
    {
        if (returned is { } head && !ledger.HasShown(head))
            throw new DeviceException(DeviceFault.Forgery, "the server's receipt names a head of the ledger that was not sent", "the receipt was not kept; ask the server's operator what happened");
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
