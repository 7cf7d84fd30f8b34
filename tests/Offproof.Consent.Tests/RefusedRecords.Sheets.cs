using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Consent.Tests;

/// <summary>Sheets that change, receipts, and headers that lie about the new types.</summary>
sealed partial class RefusedRecords
{
    void Sheets()
    {
        foreach (string of in (string[])["rotation", "rotation-second", "replacement"])
        {
            Common(of);
            Payload(of, $"{of}-no-succession", Clause(of), "succession is missing", "\"succession\":", "\"other\":");
            Payload(of, $"{of}-no-succeeds", Clause(of), "succeeds is missing", "\"succeeds\":", "\"other\":");
        }

        foreach (string of in (string[])["rotation", "replacement"])
        {
            (string clause, int next) = of == "rotation" ? ("§3.10", 0) : ("§3.11", 2);
            (string number, string recipient) = (of == "rotation" ? "\"succession\":1" : "\"succession\":3", PublishedKeys.LaterSheets[next].Recipient);
            Jwk(of, clause, Examples.Sheets[next + 1], "sheet.jwk");
            Payload(of, $"{of}-succession-zero", clause, "succession is 0", number, "\"succession\":0");
            Payload(of, $"{of}-succession-text", "§1.8", "succession is a text", number, "\"succession\":\"1\"");
            Payload(of, $"{of}-succession-fraction", "§1.8", "succession is written 1.0", number, number + ".0");
            Payload(of, $"{of}-succession-high", "§1.8", "succession is above 2147483647", number, "\"succession\":2147483648");
            Payload(of, $"{of}-succession-twice", "§1.5", "succession occurs twice", number, $"{number},\"succession\":2");
            Payload(of, $"{of}-no-sheet", clause, "sheet is missing", "\"sheet\":", "\"other\":");
            Payload(of, $"{of}-no-jwk", clause, "sheet.jwk is missing", "\"jwk\":", "\"other\":");
            Payload(of, $"{of}-no-recipient", clause, "sheet.recipient is missing", "\"recipient\":", "\"other\":");
            Payload(of, $"{of}-recipient-case", clause, "the recipient in upper case", recipient, recipient.ToUpperInvariant());
            Payload(of, $"{of}-recipient-short", clause, "the recipient has 61 characters", recipient, recipient[..^1]);
            Payload(of, $"{of}-recipient-long", clause, "the recipient has 63 characters", recipient, recipient + "q");
            Payload(of, $"{of}-recipient-character", clause, "the recipient has a character that bech32 does not have", recipient, recipient[..^1] + "b");
            Payload(of, $"{of}-recipient-key", clause, "the recipient is a key for ssh", recipient, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAA");
        }

        string identity = "\"identity\":\"" + Base64Url.EncodeToString(Examples.Rotation("rotation", default, 0, 0).Identity.Span) + "\"";
        Payload("rotation", "rotation-no-identity", "§3.10", "sheet.identity is missing", "," + identity, "");
        Payload("rotation", "rotation-identity-empty", "§3.10", "sheet.identity is empty", identity, "\"identity\":\"\"");
        Payload("rotation", "rotation-identity-text", "§1.7", "sheet.identity is armoured, not base64url", identity, "\"identity\":\"-----BEGIN AGE ENCRYPTED FILE-----\"");
        Payload("rotation", "rotation-identity-padding", "§1.7", "sheet.identity has padding", identity, identity[..^1] + "==\"");
        Payload("rotation", "rotation-identity-long", "§3.10", "sheet.identity has 4097 bytes", identity, $"\"identity\":\"{Base64Url.EncodeToString(new byte[4097])}\"");
        Payload("rotation", "rotation-identity-list", "§3.10", "sheet.identity is an array", identity, $"\"identity\":[{identity["\"identity\":".Length..]}]");
        Payload("rotation", "rotation-first-succeeds", "§3.10", "the first change does not succeed ACCOUNT", $"\"succeeds\":\"{Account}\"", $"\"succeeds\":\"{Hash("certificate")}\"");
        Payload("rotation-second", "rotation-second-succeeds", "§3.10", "the second change succeeds ACCOUNT", $"\"succeeds\":\"{Hash("rotation")}\"", $"\"succeeds\":\"{Account}\"");
        Payload("replacement", "replacement-succeeds", "§3.11", "the third change succeeds ACCOUNT", $"\"succeeds\":\"{Hash("rotation-second")}\"", $"\"succeeds\":\"{Account}\"");
        Elsewhere("rotation", "rotation-by-device", "§3.10", "a device rotates the sheet", Examples.Device);
        Elsewhere("replacement", "replacement-by-sheet", "§3.11", "a sheet replaces", Examples.Sheets[2], $"\"iss\":\"{Device}\"", $"\"iss\":\"{Account}\"");

        Common("cancellation-erasure");
        Common("cancellation-replacement");
        Without("cancellation-erasure", "record", "§3.12");
        Payload("cancellation-erasure", "cancellation-no-typ", "§3.12", "record_typ is missing", "\"record_typ\":", "\"other\":");
        foreach (string typ in (string[])["grant", "revocation", "certificate", "rotation", "removal", "admission", "cancellation"])
            Payload("cancellation-erasure", $"cancellation-of-{typ}", "§3.12", "neither an erasure nor a replacement", "\"record_typ\":\"offproof-erasure+jwt\"", $"\"record_typ\":\"offproof-{typ}+jwt\"");
        Payload("cancellation-erasure", "cancellation-short-typ", "§3.12", "record_typ is not exactly the name", "offproof-erasure+jwt", "erasure");
        Payload("cancellation-replacement", "cancellation-twice", "§1.5", "record occurs twice", "\"record\":", $"\"record\":\"{Hash("grant")}\",\"record\":");
        Elsewhere("cancellation-erasure", "cancellation-by-device", "§3.12", "a device cancels", Examples.Device);
    }

    void Receipts()
    {
        (string Of, string Is, string[] Others)[] wrong =
        [
            ("receipt-erasure-device", "closed", ["kept", "pending", "cancelled"]),
            ("receipt-erasure-sheet", "erased", ["kept", "removed", "Erased"]),
            ("receipt-cancellation-erasure", "cancelled", ["kept", "erased"]),
            ("receipt-rotation", "rotated", ["replaced", "account"]),
            ("receipt-replacement", "pending", ["closed", "rotated"]),
            ("receipt-replacement-again-replaced", "replaced", ["rotated", "on"]),
            ("receipt-admission", "device", ["account", "on"]),
            ("receipt-removal-device", "removed", ["erased", "device"]),
        ];
        foreach (var (of, state, others) in wrong)
        {
            foreach (string other in others)
                Payload(of, $"{of}-{(other == "Erased" ? "capital" : other)}", "§3.5", $"the state {other} does not belong to the type", $"\"state\":\"{state}\"", $"\"state\":\"{other}\"");
        }

        foreach (string of in (string[])["receipt-erasure-device", "receipt-replacement"])
        {
            Payload(of, $"{of}-no-due", "§3.5", "due is missing", "\"due\":", "\"other\":");
            Payload(of, $"{of}-due-text", "§1.8", "due is a text", "\"due\":", "\"due\":\"soon\",\"other\":");
            Payload(of, $"{of}-due-fraction", "§1.8", "due is no integer in digits", "\"due\":1", "\"due\":0.1");
            Payload(of, $"{of}-due-twice", "§1.5", "due occurs twice", "\"due\":", "\"due\":1767225600,\"due\":");
        }

        foreach (string of in (string[])["receipt-grant", "receipt-revocation", "receipt-erasure-sheet", "receipt-cancellation-erasure", "receipt-rotation", "receipt-replacement-again-replaced"])
            Payload(of, $"{of}-due", "§3.5", "a due too much", IatOf(of), $"{IatOf(of)},\"due\":1768435200");
        Payload("receipt-erasure-device", "receipt-erased-with-due", "§3.5", "a due too much", "\"state\":\"closed\"", "\"state\":\"erased\"");
        Payload("receipt-removal-device", "receipt-no-state", "§3.5", "state is missing", "\"state\":", "\"other\":");
        Payload("receipt-removal-device", "receipt-no-record", "§3.5", "record is missing", "\"record\":", "\"other\":");
        Payload("receipt-removal-device", "receipt-of-proof", "§3.5", "a proof has no receipt", "\"record_typ\":\"offproof-removal+jwt\"", "\"record_typ\":\"offproof-proof+jwt\"");
        Payload("receipt-removal-device", "receipt-short-typ", "§3.5", "record_typ is not exactly the name", "offproof-removal+jwt", "removal");
        Payload("receipt-rotation", "receipt-rotation-aud", "§2", "aud is the sheet's thumbprint, not ACCOUNT", $"\"aud\":\"{Account}\"", $"\"aud\":\"{Examples.Sheets[1].Thumbprint.Text}\"");
        Elsewhere("receipt-erasure-device", "receipt-by-device", "§3.5", "a device says what the server did", Examples.Device, $"\"iss\":\"{Examples.Server.Thumbprint.Text}\"", $"\"iss\":\"{Device}\"");
    }

    void AlgorithmsAndTypes()
    {
        foreach (var (of, typ) in ((string, string)[])
        [
            ("erasure-device", "revocation"), ("erasure-sheet", "cancellation"), ("admission", "replacement"), ("removal-device", "erasure"), ("removal-sheet", "cancellation"),
            ("rotation", "replacement"), ("replacement", "rotation"), ("cancellation-erasure", "erasure"), ("certificate", "admission"), ("revocation", "erasure"),
        ])
        {
            var (header, payload) = Parts(of);
            string own = $"offproof-{of.Split('-')[0]}+jwt";
            Add($"{of}-typ-{typ}", of, "§1.3", $"typ says that it is a {typ}", true, Sign(SignerOf(of), Join(Changed(header, own, $"offproof-{typ}+jwt"), payload)));
        }

        // These have every member of the other type: it is the signature over typ that keeps them apart.
        foreach (var (of, typ) in ((string, string)[])[("admission", "removal"), ("erasure-sheet", "removal")])
        {
            var (header, payload) = Parts(of);
            string whole = good[of].Compact;
            Add($"{of}-typ-{typ}", of, "§1.2", $"typ was changed to {typ} after it was signed", false,
                Join(Changed(header, $"offproof-{of.Split('-')[0]}+jwt", $"offproof-{typ}+jwt"), payload) + whole[whole.LastIndexOf('.')..]);
        }

        foreach (string of in (string[])["rotation", "erasure-sheet"])
        {
            var (header, payload) = Parts(of);
            string With(string alg) => Changed(header, "ES256", alg);
            var key = SignerOf(of);
            Add($"{of}-alg-none", of, "§1.2", "alg is none, without a signature", false, Join(With("none"), payload) + ".");
            Add($"{of}-alg-none-signed", of, "§1.2", "alg is none, with a signature", true, Sign(key, Join(With("none"), payload)));
            Add($"{of}-alg-es384-named", of, "§1.2", "alg is ES384, the signature is of ES256", true, Sign(key, Join(With("ES384"), payload)));

            // The public key's bytes as the secret of an HMAC: everybody has them. The point, as in a certificate of X.509; and the text of a PEM file.
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(key.ToPem());
            var q = ecdsa.ExportParameters(includePrivateParameters: false).Q;
            byte[] secret = of == "rotation" ? [4, .. q.X!, .. q.Y!] : Encoding.ASCII.GetBytes(ecdsa.ExportSubjectPublicKeyInfoPem());
            string signed = Join(With("HS256"), payload);
            Add($"{of}-alg-hs256", of, "§1.2", $"an HMAC keyed with the public key's {(of == "rotation" ? "point" : "PEM")}", false,
                signed + "." + Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed))));
        }

        // A real ES384 signature, by a key that nobody has: 96 bytes.
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var rotation = Parts("rotation");
        string stronger = Join(Changed(rotation.Header, "ES256", "ES384"), rotation.Payload);
        Add("rotation-alg-es384", "rotation", "§1.2", "a true signature of ES384", false,
            stronger + "." + Base64Url.EncodeToString(p384.SignData(Encoding.ASCII.GetBytes(stronger), HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)));
    }
}
