using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Cli;

internal sealed partial class Play
{
    private DemoBundle? bundle;

    /// <summary>What was recorded, signed, for somebody who was not there: verified, verified by minisign, and with one byte altered, refused.</summary>
    private async Task EvidenceAsync(CancellationToken cancel)
    {
        Scene("What was recorded becomes evidence: a bundle that a stranger can verify, signed");
        string key = stage["signing.key"], folder = stage["evidence"], zip = stage["evidence.zip"], altered = stage["altered.zip"];
        await DoAsync(cancel, "evidence", "keygen", key);
        string[] captures = [.. Phones.SelectMany(phone => (string[])[stage[$"watched/{phone.Run}/off.pcapng"], stage[$"watched/{phone.Run}/neighbour.pcapng"]]).SelectMany(static file => (string[])["--capture", file])];
        string[] reports = [.. Directory.GetFiles(stage["watched"], "*-*.json").Order(StringComparer.Ordinal).SelectMany(static file => (string[])["--report", file])];
        JsonElement packed = await DoAsync(cancel, ["evidence", "pack", folder, .. captures, "--persona", stage[Planted], "--ledger", stage["watched/a/home/ledger.ndjson"], .. reports, "--planted", "--key", key, "--title", "The demo's phones, with everything off", "--zip"]);
        JsonElement verdict = await DoAsync(cancel, "evidence", "verify", zip, "--key", key + ".pub");
        await PeerAsync("minisign", ["-v"], ["-V", "-m", Path.Combine(folder, "SHA256SUMS"), "-p", key + ".pub"], [], "the list of the bundle's files", cancel);

        byte[] bytes = await File.ReadAllBytesAsync(zip, cancel);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(altered, bytes, cancel);
        int exit = (await stage.OffproofAsync(["evidence", "verify", altered, "--key", key + ".pub"], cancel, remark: "with one byte altered")).Exit;
        File.Delete(altered);
        File.Delete(key); // it has signed what it was made for
        bundle = new DemoBundle(stage.IsKept ? zip : null, sha256, verdict.GetProperty("unaltered").GetBoolean(), verdict.GetProperty("signer").GetProperty("known").GetBoolean(), packed.GetProperty("files").GetInt32(), exit);
        stage.Say($"  {Text(bundle.Files)} files, SHA-256 {bundle.Sha256}{(bundle.Path is null ? "" : $", in {bundle.Path}")}: {(bundle is { Verified: true, SignerKnown: true } ? "verified" : "NOT verified")}. With one byte altered: exit {Text(exit)}.");
        failures.AddRange(Faults(bundle));
    }

    /// <summary>What is wrong with the bundle; nothing where it held.</summary>
    internal static IEnumerable<string> Faults(DemoBundle seen)
    {
        if (!seen.Verified || !seen.SignerKnown || seen.Files == 0) yield return "the bundle of evidence does not verify";
        if (seen.AlteredExit != ExitCode.Forgery) yield return $"a bundle with one byte altered was answered with exit {Text(seen.AlteredExit)}, not {Text(ExitCode.Forgery)}";
    }
}
