using System.Buffers.Text;
using System.Text.RegularExpressions;

namespace Offproof.Consent.Tests;

/// <summary>Erasures, devices and sheets: one defect each.</summary>
sealed partial class RefusedRecords
{
    static readonly Lazy<IReadOnlyList<Refused>> Once = new(Make);

    internal static IReadOnlyList<Refused> All => Once.Value;

    static string Account => Examples.Account.Text;

    static string Device => Examples.Device.Thumbprint.Text;

    static string OtherDevice => Examples.Other.Thumbprint.Text;

    // Rules of the older types that had no vector.
    void Strictness()
    {
        Payload("certificate", "certificate-seq", "§3.2", "a sheet's record has a place in a chain", "\"cnf\":", $"\"seq\":1,\"prev\":\"{Account}\",\"cnf\":");
        Payload("certificate-rotated", "certificate-rotated-iss", "§2", "iss is the thumbprint of a rotated sheet, not ACCOUNT", $"\"iss\":\"{Account}\"", $"\"iss\":\"{Examples.Sheets[1].Thumbprint.Text}\"");
        Payload("proof-rotated", "proof-rotated-iss", "§2", "iss is the thumbprint of a rotated sheet, not ACCOUNT", $"\"iss\":\"{Account}\"", $"\"iss\":\"{Examples.Sheets[1].Thumbprint.Text}\"");
        Payload("grant", "grant-sub", "§2", "sub is another account", $"\"sub\":\"{Account}\"", $"\"sub\":\"{OtherDevice}\"");
        Payload("grant", "grant-minus-zero", "§1.8", "iat is -0", "\"iat\":1767225660", "\"iat\":-0");
        Payload("grant", "grant-iat-high", "§1.8", "iat is after the year 9999", "\"iat\":1767225660", "\"iat\":253402300800");
        Payload("grant", "grant-seq-high", "§1.8", "seq is above 2147483647", "\"seq\":1", "\"seq\":2147483648");
        Payload("grant", "grant-record-id-case", "§3.3", "record_id in upper case", "urn:uuid:3f2c", "urn:uuid:3F2C");
        Payload("grant", "grant-record-id-version", "§3.3", "record_id is no UUID of version 4", "-4f43-", "-1f43-");
        Payload("grant", "grant-record-id-sign", "§3.3", "record_id has a sign", "urn:uuid:3f2c", "urn:uuid:+f2c");
        Payload("grant", "grant-no-slash", "§3.3", "the server's URL does not end in a slash, twice", $"[\"{Examples.ServerUrl}\"]", $"[\"{Examples.ServerUrl[..^1]}\"]",
            $"\"party_url\":\"{Examples.ServerUrl}\"", $"\"party_url\":\"{Examples.ServerUrl[..^1]}\"");
        Payload("grant", "grant-two-events", "§3.3", "an array with an entry more", "\"event_state\":\"consent given\"}]", "\"event_state\":\"consent given\"},{}]");
        Payload("grant", "grant-point-z", "§1.8", "a point without a fraction", "2026-01-01T00:01:00Z", "2026-01-01T00:01:00.Z");
        const string Validity = "\"validity_duration\":\"until it is withdrawn\"";
        Payload("grant-admitted", "grant-admitted-validity-empty", "§3.3", "validity_duration is empty", Validity, "\"validity_duration\":\"\"");
        Payload("grant-admitted", "grant-admitted-validity-number", "§3.3", "validity_duration is a number", Validity, "\"validity_duration\":365");
        Payload("grant", "grant-empty-purpose", "§3.3", "purpose is empty", "\"purpose\":\"a backup of messages that only their owner can open\"", "\"purpose\":\"\"");
        Payload("revocation", "revocation-erasure-requested", "§3.4", "the event is an erasure", "consent withdrawn", "erasure requested");
        Payload("revocation", "revocation-principal", "§3.4", "consent is of another account", $"\"pii_principal_id\":\"{Account}\"", $"\"pii_principal_id\":\"{OtherDevice}\"");
    }

    void Erasures()
    {
        foreach (string of in (string[])["erasure-device", "erasure-sheet"])
        {
            Common(of);
            foreach (string member in (string[])["device", "category", "epoch", "grant"]) Without(of, member, "§3.7");
            Payload(of, $"{of}-no-consent", "§3.7", "consent is missing", "\"consent\":", "\"other\":");
            Payload(of, $"{of}-withdrawn", "§3.7", "the event is a withdrawal", "erasure requested", "consent withdrawn");
            Payload(of, $"{of}-principal", "§3.7", "consent is of another account", $"\"pii_principal_id\":\"{Account}\"", $"\"pii_principal_id\":\"{OtherDevice}\"");
        }

        Payload("erasure-device", "erasure-device-of-another", "§3.7", "a device erases another device's epoch", $"\"device\":\"{Device}\"", $"\"device\":\"{OtherDevice}\"");
        Payload("erasure-device", "erasure-device-as-sheet", "§2", "a device says that it is the account, to erase at once", $"\"iss\":\"{Device}\"", $"\"iss\":\"{Account}\"", PlaceOf("erasure-device"), "");
        Payload("erasure-device", "erasure-device-as-account", "§2", "a device is its own account, to erase at once", $"\"sub\":\"{Account}\"", $"\"sub\":\"{Device}\"", PlaceOf("erasure-device"), "");
        Payload("erasure-device", "erasure-device-entity", "§3.7", "the event is another's", $"\"entity_id\":\"{Account}\"", $"\"entity_id\":\"{Device}\"");
        Payload("erasure-device", "erasure-device-given", "§3.7", "the event is a consent", "erasure requested", "consent given");
        Payload("erasure-device", "erasure-device-category", "§2", "no such category", "\"category\":\"messages\"", "\"category\":\"all\"");
        Payload("erasure-device", "erasure-device-epoch-zero", "§2", "epoch is 0", "\"epoch\":1", "\"epoch\":0");
        Payload("erasure-device", "erasure-device-epoch-text", "§1.8", "epoch is a text", "\"epoch\":1", "\"epoch\":\"1\"");
        Payload("erasure-device", "erasure-device-grant-case", "§1.9", "a record hash in upper case", $"\"grant\":\"{Hash("grant")}\"", $"\"grant\":\"{Hash("grant").ToUpperInvariant()}\"");
        Payload("erasure-device", "erasure-device-twice", "§1.5", "epoch occurs twice", "\"epoch\":1", "\"epoch\":1,\"epoch\":2");
        Payload("erasure-sheet", "erasure-sheet-device-list", "§3.7", "device is an array", $"\"device\":\"{OtherDevice}\"", $"\"device\":[\"{OtherDevice}\"]");
    }

    void DevicesThatCome()
    {
        Common("admission");
        Without("admission", "device", "§3.8");
        Jwk("admission", "§3.8", Examples.Other, "cnf.jwk");
        Payload("admission", "admission-device", "§3.8", "cnf.jwk is not the key of device", $"\"device\":\"{OtherDevice}\"", $"\"device\":\"{Examples.Third.Thumbprint.Text}\"");
        Payload("admission", "admission-no-cnf", "§3.8", "cnf is missing", "\"cnf\":", "\"other\":");
        Payload("admission", "admission-jwk-twice", "§1.5", "cnf.jwk occurs twice", "\"cnf\":{", $"\"cnf\":{{\"jwk\":{JwkOf(Examples.Third)},");
        Elsewhere("admission", "admission-by-sheet", "§3.8", "a sheet admits", Examples.Sheet, $"\"iss\":\"{Device}\"", $"\"iss\":\"{Account}\"");
        Elsewhere("certificate", "certificate-by-device", "§3.1", "a device certifies", Examples.Device);

        foreach (string of in (string[])["removal-device", "removal-sheet"])
        {
            Common(of);
            Payload(of, $"{of}-no-device", "§3.9", "device is missing", "\"device\":", "\"other\":");
        }

        Payload("removal-device", "removal-device-as-sheet", "§2", "a device says that it is the account", $"\"iss\":\"{Device}\"", $"\"iss\":\"{Account}\"", PlaceOf("removal-device"), "");
        Payload("removal-device", "removal-device-twice", "§1.5", "device occurs twice", $"\"device\":\"{OtherDevice}\"", $"\"device\":\"{OtherDevice}\",\"device\":\"{Device}\"");
        Payload("removal-sheet", "removal-sheet-device-case", "§1.4", "device in upper case", $"\"device\":\"{Examples.Third.Thumbprint.Text}\"", $"\"device\":\"{Examples.Third.Thumbprint.Text.ToUpperInvariant()}\"");
        Payload("removal-sheet", "removal-sheet-device-null", "§3.9", "device is null", $"\"device\":\"{Examples.Third.Thumbprint.Text}\"", "\"device\":null");
    }

    // What every record of a device or a sheet must get right: who, for whom, when, and a place for a device's, none for a sheet's (§2, §3.2).
    void Common(string of)
    {
        var record = good[of];
        bool bySheet = Examples.Sheets.Any(sheet => sheet.Thumbprint == record.Kid);
        string issuer = bySheet ? Account : record.Kid.Text;
        Payload(of, $"{of}-iss", "§2", "iss is somebody else", $"\"iss\":\"{issuer}\"", $"\"iss\":\"{(bySheet && record.Kid.Text != Account ? record.Kid : Examples.Third.Thumbprint).Text}\"");
        Payload(of, $"{of}-sub", "§2", "sub is another account", $"\"sub\":\"{Account}\"", $"\"sub\":\"{Examples.Third.Thumbprint.Text}\"");
        Payload(of, $"{of}-no-sub", "§2", "there is no sub", $"\"sub\":\"{Account}\",", "");
        Payload(of, $"{of}-aud", "§2", "aud is somebody else", $"\"aud\":\"{Examples.Server.Thumbprint.Text}\"", $"\"aud\":\"{OtherDevice}\"");
        Payload(of, $"{of}-no-aud", "§2", "there is no aud", $"\"aud\":\"{Examples.Server.Thumbprint.Text}\",", "");
        string iat = IatOf(of);
        Payload(of, $"{of}-no-iat", "§2", "there is no iat", iat + ",", "");
        Payload(of, $"{of}-iat", "§1.8", "iat is a text", iat, iat.Replace(":", ":\"", StringComparison.Ordinal) + "\"");
        if (bySheet)
        {
            Payload(of, $"{of}-seq", "§3.2", "a sheet's record has a place in a chain", iat, $"{iat},\"seq\":1,\"prev\":\"{Hash("certificate")}\"");
            Payload(of, $"{of}-prev", "§3.2", "a sheet's record has half a place in a chain", iat, $"{iat},\"prev\":\"{Hash("certificate")}\"");
            return;
        }

        Payload(of, $"{of}-no-place", "§3.2", "a device's record has no place in a chain", PlaceOf(of), "");
        Payload(of, $"{of}-no-seq", "§3.2", "a device's record has no seq", Regex.Match(PlaceOf(of), "\"seq\":[0-9]+,", RegexOptions.None, Limit).Value, "");
        Payload(of, $"{of}-no-prev", "§3.2", "a device's record has no prev", "\"prev\":", "\"other\":");
        Payload(of, $"{of}-seq-zero", "§3.2", "seq is 0", "\"seq\":", "\"seq\":0,\"other\":");
    }

    // The rules of a key inside a record, which are those of a certificate (§3.1).
    void Jwk(string of, string clause, SigningKey key, string where)
    {
        var point = PointOf(key);
        (string x, string y) = (Base64Url.EncodeToString(point.X!), Base64Url.EncodeToString(point.Y!));
        Payload(of, $"{of}-private-key", clause, $"{where} has the private key", $"\"x\":\"{x}\"", $"\"d\":\"{Base64Url.EncodeToString(new byte[32])}\",\"x\":\"{x}\"");
        Payload(of, $"{of}-fifth-member", clause, $"{where} has a member more", $"\"x\":\"{x}\"", $"\"use\":\"sig\",\"x\":\"{x}\"");
        Payload(of, $"{of}-no-y", clause, $"{where} has a member less", $",\"y\":\"{y}\"", "");
        Payload(of, $"{of}-curve", clause, $"{where} is on another curve", "\"crv\":\"P-256\"", "\"crv\":\"P-384\"");
        Payload(of, $"{of}-off-curve", clause, $"the point of {where} is not on the curve", y, x);
        Payload(of, $"{of}-short-x", clause, $"x of {where} has 31 bytes", x, Base64Url.EncodeToString(point.X.AsSpan(1)));
        Payload(of, $"{of}-jwk-text", clause, $"{where} is a text", "\"jwk\":{", $"\"jwk\":\"{x}\",\"other\":{{");
    }

    // Missing, and of the wrong kind.
    void Without(string of, string member, string clause)
    {
        string text = Regex.Match(Parts(of).Payload, $"\"{member}\":(\"[^\"]*\"|[0-9]+)", RegexOptions.ExplicitCapture, Limit).Value;
        Payload(of, $"{of}-no-{member}", clause, $"{member} is missing", text + ",", "");
        Payload(of, $"{of}-kind-{member}", text[^1] == '"' ? clause : "§1.8", $"{member} is {(text[^1] == '"' ? "a number" : "true")}", text, $"\"{member}\":{(text[^1] == '"' ? "1" : "true")}");
    }

    void Payload(string of, string name, string clause, string breaks, params string[] changes)
    {
        var (header, payload) = Parts(of);
        for (int i = 0; i < changes.Length; i += 2) payload = Changed(payload, changes[i], changes[i + 1]);
        Add(name, of, clause, breaks, true, Sign(SignerOf(of), Join(header, payload)));
    }

    // Signed by a key that may not sign this, which says so in kid: nothing else is wrong.
    void Elsewhere(string of, string name, string clause, string breaks, SigningKey signer, params string[] changes)
    {
        var (header, payload) = Parts(of);
        for (int i = 0; i < changes.Length; i += 2) payload = Changed(payload, changes[i], changes[i + 1]);
        Add(name, of, clause, breaks, true, Sign(signer, Join(Changed(header, good[of].Kid.Text, signer.Thumbprint.Text), payload)), signer);
    }

    string Hash(string name) => good[name].Hash.Text;

    string IatOf(string of) => Regex.Match(Parts(of).Payload, "\"iat\":[0-9]+", RegexOptions.None, Limit).Value;

    string PlaceOf(string of) => Regex.Match(Parts(of).Payload, "\"seq\":[0-9]+,\"prev\":\"[0-9a-f]{64}\",", RegexOptions.None, Limit).Value;

    static string Clause(string of) => of.Split('-')[0] switch
    {
        "erasure" => "§3.7",
        "admission" => "§3.8",
        "removal" => "§3.9",
        "rotation" => "§3.10",
        "replacement" => "§3.11",
        "cancellation" => "§3.12",
        _ => throw new ArgumentOutOfRangeException(nameof(of)),
    };

    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
}
