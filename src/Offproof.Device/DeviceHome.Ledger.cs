using Offproof.Consent;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    /// <summary>The lines of this device's ledger, oldest first (ledger.md §2). What is appended while they are read is not among them.</summary>
    public IEnumerable<LedgerLine> Ledger() => LedgerCheck.Lines(new LedgerFile(home, time));

    /// <summary>Checks the ledger against itself, its head and the server's receipts (ledger.md §5-§7). Opens no connection and changes nothing.</summary>
    public LedgerVerdict VerifyLedger() =>
        LedgerCheck.Run(new LedgerFile(home, time), [.. Anchors.Read(home, serverKey, deviceKey.Thumbprint, AccountId).Concat(EarlierAnchors()).OrderBy(static a => a.Head.Seq)]);

    /// <summary>The record hash of a grant of this device.</summary>
    private Digest HashOf(Grant grant) =>
        Chain().Links.FirstOrDefault(link => link.Grant is { } other && other.Category == grant.Category && other.Epoch == grant.Epoch)?.Record.Hash
            ?? throw IsOff(grant.Category); // another command took over other records meanwhile

    private void KeepAnchor(Token token, SignedRecord proof) => Anchors.Keep(home, ledger, token, proof, serverKey, deviceKey.Thumbprint);
}
