using static Offproof.Interop.Forged;

namespace Offproof.Interop;

/// <summary>Signed records and proofs: consent.md §1 to §3, protocol.md §2 to §5. What is changed each time is a record that would be taken.</summary>
/// <param name="stage">Where.</param>
/// <param name="owner">Whose record.</param>
/// <param name="other">Another account, which is good.</param>
/// <param name="stranger">A key that nobody knows.</param>
/// <param name="grant">The payload of the grant that is next in the owner's chain.</param>
sealed class RecordRows(Stage stage, Owned owner, Owned other, Signer stranger, string grant)
{
    readonly OpenSslJose _jose = stage.Jose;
    readonly string _header = OpenSslJose.Header(owner.Device, "grant");
    readonly string _keptRevocation = owner.Record("00000002-revocation-notes-1.jws");

    internal Group Algorithms() => new("Another algorithm, another key, other rules", [
        Record("alg none, no signature", 400, "malformed", () => Task.FromResult($"{OpenSslJose.Encode(_header.With("alg", Text("none")))}.{OpenSslJose.Encode(grant)}.")),
        Record("alg none, the right signature", 400, "malformed", () => Header(_header.With("alg", Text("none")))),
        Record("alg HS256, with the device's public key as the secret", 400, "malformed",
            async () => await _jose.HmacAsync(await OpenSslJose.PublicPemAsync(owner.Device), _header.With("alg", Text("HS256")), OpenSslJose.Encode(grant))),
        Record("alg ES256, a HMAC with the public key in place of the signature", 400, "malformed", async () => await _jose.HmacAsync(await OpenSslJose.PublicPemAsync(owner.Device), _header, OpenSslJose.Encode(grant))),
        Record("alg RS256", 400, "malformed", () => Header(_header.With("alg", Text("RS256")))),
        Record("alg es256", 400, "malformed", () => Header(_header.With("alg", Text("es256")))),
        Record("a key of its own: jwk", 400, "malformed", () => _jose.SignAsync(stranger, _header.Plus($"\"jwk\":{OpenSslJose.Jwk(stranger)}"), OpenSslJose.Encode(grant), raw: true)),
        Record("a place to fetch a key: jku", 400, "malformed", () => Header(_header.Plus("\"jku\":\"https://example.org/keys\""))),
        Record("a certificate: x5c", 400, "malformed", () => Header(_header.Plus("\"x5c\":[\"AAAA\"]"))),
        Record("critical extensions: crit", 400, "malformed", () => Header(_header.Plus("\"crit\":[\"exp\"]"))),
        Record("a payload that is not encoded: b64", 400, "malformed", () => Header(_header.Plus("\"b64\":false"))),
        Record("the signature in DER", 400, "malformed", () => _jose.SignAsync(owner.Device, _header, OpenSslJose.Encode(grant), raw: false)),
        Record("a signature of zeros", 403, "not-accepted", () => Task.FromResult($"{OpenSslJose.Encode(_header)}.{OpenSslJose.Encode(grant)}.{new string('A', 86)}")),
        Record("one bit of the signature", 403, "not-accepted", async () => Flipped(await Good(), 2)),
        Record("the payload changed after it was signed", 403, "not-accepted", async () => Replaced(await Good(), 1, OpenSslJose.Encode(grant.With("iat", "1")))),
        Record("the type changed after it was signed", 403, "not-accepted", async () => Replaced(await Good(), 0, OpenSslJose.Encode(OpenSslJose.Header(owner.Device, "revocation")))),
    ]);

    internal Group Forms() => new("Forms that are none", [
        Record("a member twice in the payload", 400, "malformed", () => Payload(grant.Plus("\"seq\":1"))),
        Record("a member twice, once with an escape in its name", 400, "malformed", () => Payload(grant.Plus("\"s\\u0065q\":1"))),
        Record("a member twice, two levels down", 400, "malformed", () => Payload(grant.Replace("\"config\":", "\"key\":\"x\",\"config\":", StringComparison.Ordinal))),
        Record("a member twice in the header", 400, "malformed", () => Header(_header.Plus("\"alg\":\"ES256\""))),
        Record("padding", 400, "malformed", async () => await Good() + "="),
        Record("a line end", 400, "malformed", async () => await Good() + "\n"),
        Record("four parts", 400, "malformed", async () => await Good() + ".AAAA"),
        Record("two parts", 400, "malformed", async () => (await Good()).Split('.') is [var h, var p, _] ? $"{h}.{p}" : ""),
        Record("a BOM before the payload", 400, "malformed", () => Payload("\ufeff" + grant)),
        Record("65 levels", 400, "malformed", () => Payload(grant.Plus($"\"x\":{new string('[', 65)}{new string(']', 65)}"))),
        Record("half of a surrogate pair", 400, "malformed", () => Payload(grant.Plus("\"x\":\"\\ud800\""))),
        Record("more than 65,536 bytes", 413, "too-large", () => Payload(grant.Plus($"\"x\":\"{new string('x', 60_000)}\""))),
        Record("nothing", 400, "malformed", () => Task.FromResult("")),
        Record("epoch 2.0", 403, "not-accepted", () => Payload(grant.With("epoch", "2.0"))),
        Record("seq below zero", 403, "not-accepted", () => Payload(grant.Replace("\"seq\":", "\"seq\":-", StringComparison.Ordinal))),
    ]);

    internal Group Foreign() => new("Somebody else's", [
        Record("typ of a revocation", 403, "not-accepted", () => Header(OpenSslJose.Header(owner.Device, "revocation"))),
        Record("typ of a proof", 403, "not-accepted", () => Header(OpenSslJose.Header(owner.Device, "proof"))),
        Record("typ of a version that is not known", 403, "not-accepted", () => Header(_header.With("typ", Text("offproof-grant+jwt2")))),
        Record("a key that nobody knows", 403, "not-accepted", () => _jose.SignAsync(stranger, "grant", grant.With("iss", Text(stranger.Kid)))),
        Record("a key that nobody knows, under the device's name", 403, "not-accepted", () => _jose.SignAsync(stranger, _header, OpenSslJose.Encode(grant), raw: true)),
        Record("another account's device, under its own name, for this account", 403, "not-accepted", () => _jose.SignAsync(other.Device, "grant", grant.With("iss", Text(other.Device.Kid)))),
        Record("the device, under the name of another account's device", 403, "not-accepted", () => Header(OpenSslJose.Header(other.Device, "grant"))),
        Record("the device, for another account", 403, "not-accepted", () => Payload(grant.Replace(owner.Account, other.Account, StringComparison.Ordinal))),
        Record("for another server", 403, "not-accepted", () => Payload(grant.Replace(stage.ServerKey, stranger.Kid, StringComparison.Ordinal))),
        Record("the sheet grants", 403, "not-accepted", () => _jose.SignAsync(owner.Sheet, "grant", grant.With("iss", Text(owner.Sheet.Kid)))),
        Record("one category in the grant, another in its consent", 403, "not-accepted", () => Payload(grant.With("pii_type", Text("contacts")))),
        Record("another policy than its notice", 403, "not-accepted", () => Payload(grant.With("policy", Text(stranger.Kid)))),
        Record("a receipt of the server", 403, "not-accepted", () => Task.FromResult(owner.Record("00000001-grant-notes-1.receipt.jws"))),
        Record("a certificate that no sheet of ours signed", 403, "not-accepted", () => CertificateAsync(stranger, stage.ServerKey)),
    ]);

    internal Group Stale() => new("Stale, out of order, repeated", [
        Record("seq one too high", 409, "not-next", () => Payload(grant.With("seq", "9"))),
        Record("seq of a link that is there", 409, "not-next", () => Payload(grant.With("seq", "2"))),
        Record("prev of another link", 409, "not-next", () => Payload(grant.With("prev", Text(OpenSslJose.HashOf(_keptRevocation))))),
        Record("the first link of another chain", 409, "not-next", () => Payload(grant.With("seq", "1").With("prev", Text(OpenSslJose.HashOf(owner.Record("00000000-certificate.jws")))))),
        Record("epoch 1 once more", 409, "epoch", () => Payload(grant.With("epoch", "1"))),
        Record("an epoch too far", 409, "epoch", () => Payload(grant.With("epoch", "3"))),
        Record("a category that is on", 409, "epoch", () => Payload(grant.Replace("photos", "notes", StringComparison.Ordinal).With("epoch", "3"))),
        Record("the revocation of an epoch that is over", 409, "epoch", () => Revocation("1", OpenSslJose.HashOf(owner.Record("00000001-grant-notes-1.jws")))),
        Record("a revocation that names another grant", 409, "epoch", () => Revocation("2", OpenSslJose.HashOf(owner.Record("00000001-grant-notes-1.jws")))),
        Record("a revocation of what was never granted", 409, "epoch", () => Revocation("3", stranger.Kid)),
    ]);

    internal Group Proofs() => new("Proofs", [
        Proof("repeated", async () =>
        {
            string proof = await stage.ProofAsync(owner.Device, owner.Account, Stage.Ask(owner, "notes", "2", "read"));
            Assert.Equal(200, (await stage.PostAsync("v1/tokens", proof)).Status);
            return proof;
        }),
        Proof("repeated with another signature", async () =>
        {
            string claims = stage.Claims(owner.Device.Kid, owner.Account, await stage.NonceAsync(), Stage.Ask(owner, "notes", "2", "read"));
            Assert.Equal(200, (await stage.PostAsync("v1/tokens", await _jose.SignAsync(owner.Device, "proof", claims))).Status);
            return await _jose.SignAsync(owner.Device, "proof", claims);
        }),
        Proof("a nonce of one's own", () => Signed("AAAAAAAAAAAAAAAAAAAAAA")),
        Proof("a nonce whose end was moved", async () =>
        {
            byte[] nonce = System.Buffers.Text.Base64Url.DecodeFromChars(await stage.NonceAsync());
            nonce[20] ^= 1; // of the 8 bytes that say when it ends
            return await Signed(System.Buffers.Text.Base64Url.EncodeToString(nonce));
        }),
        Proof("no nonce", () => Signed("")),
        Proof("for another server", async () => await _jose.SignAsync(owner.Device, "proof", (await ClaimsAsync()).With("aud", Text(stranger.Kid)))),
        Proof("another account's device, for this account", async () => await _jose.SignAsync(other.Device, "proof", (await ClaimsAsync()).With("iss", Text(other.Device.Kid)))),
        Proof("a key that nobody knows, under the device's name", async () => await _jose.SignAsync(stranger, OpenSslJose.Header(owner.Device, "proof"), OpenSslJose.Encode(await ClaimsAsync()), raw: true)),
        Proof("alg none", async () => $"{OpenSslJose.Encode(OpenSslJose.Header(owner.Device, "proof").With("alg", Text("none")))}.{OpenSslJose.Encode(await ClaimsAsync())}."),
        Proof("alg HS256, with the device's public key as the secret", async () =>
            await _jose.HmacAsync(await OpenSslJose.PublicPemAsync(owner.Device), OpenSslJose.Header(owner.Device, "proof").With("alg", Text("HS256")), OpenSslJose.Encode(await ClaimsAsync()))),
        Proof("typ of a grant", async () => await _jose.SignAsync(owner.Device, "grant", await ClaimsAsync())),
        Proof("a grant in its place", () => Task.FromResult(owner.Record("00000003-grant-notes-2.jws"))),
        Proof("the sheet asks to add", async () => await stage.ProofAsync(owner.Sheet, owner.Account, Stage.Ask(owner, "notes", "2", "add"))),
        Proof("the device asks for another device's vault", async () => await stage.ProofAsync(owner.Device, owner.Account, Stage.Ask(other, "notes", "1", "read"))),
        Proof("an epoch that is not there", async () => await stage.ProofAsync(owner.Device, owner.Account, Stage.Ask(owner, "notes", "3", "add"))),
        Proof("a category that there is not", async () => await stage.ProofAsync(owner.Device, owner.Account, Stage.Ask(owner, "calendar", "1", "add"))),
        Proof("a token of more than an hour", async () => await stage.ProofAsync(owner.Device, owner.Account, Stage.Ask(owner, "notes", "2", "add", ",\"seconds\":3601"))),
        Proof("a mode that there is not", async () => await stage.ProofAsync(owner.Device, owner.Account, Stage.Ask(owner, "notes", "2", "delete"))),
        Proof("an action that there is not", async () => await stage.ProofAsync(owner.Device, owner.Account, "\"action\":\"erase\"")),
        new("POST tokens", "the epoch is over", 403, "revoked", async () => Post("v1/tokens", await stage.ProofAsync(owner.Device, owner.Account, Stage.Ask(owner, "photos", "1", "add")))),
    ]);

    internal Group Accounts() => new("Accounts, methods, addresses", [
        Account("a certificate that another sheet signed", 403, "not-accepted", () => Body(OpenSslJose.Jwk(owner.Sheet), other.Record("00000000-certificate.jws"))),
        Account("a second device for an account, certified by its sheet", 403, "not-accepted", async () => Body(OpenSslJose.Jwk(owner.Sheet), await CertificateAsync(owner.Sheet, stage.ServerKey))),
        Account("a certificate for another server", 403, "not-accepted", async () => Body(OpenSslJose.Jwk(stranger), await CertificateAsync(stranger, owner.Account))),
        Account("a certificate with alg none", 400, "malformed", () => Body(OpenSslJose.Jwk(owner.Sheet), Replaced(owner.Record("00000000-certificate.jws"), 0, OpenSslJose.Encode(OpenSslJose.Header(owner.Sheet, "certificate").With("alg", Text("none")))))),
        Account("a new account, with an invitation that is not good", 403, "not-invited",
            async () => Body(OpenSslJose.Jwk(stranger), await CertificateAsync(stranger, stage.ServerKey, await _jose.NewSignerAsync("device")), ",\"invitation\":\"aaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaa\"")),
        Account("a member twice", 400, "malformed", () => Body(OpenSslJose.Jwk(owner.Sheet), owner.Record("00000000-certificate.jws"), $",\"sheet\":{OpenSslJose.Jwk(other.Sheet)}")),
        Account("a key that is not on the curve", 400, "malformed", () => Body(OpenSslJose.Jwk(owner.Sheet).With("y", Text(new string('A', 43))), owner.Record("00000000-certificate.jws"))),
        Account("no JSON", 400, "malformed", () => "certificate"),
        Account("200 kB", 413, "too-large", () => new string(' ', 200_000)),
        new("GET accounts", "a list of accounts", 405, "method", () => Task.FromResult(new Request("GET", "v1/accounts"))),
        new("DELETE records", "a method that there is not", 405, "method", () => Task.FromResult(new Request("DELETE", "v1/records"))),
        new("GET /v1/tokens/..%2f", "an address that there is not", 404, "not-found", () => Task.FromResult(new Request("GET", "v1/tokens/..%2foffproof.db"))),
    ]);

    /// <summary>The record that all of these were made from is taken: what refused them was the mistake in each.</summary>
    internal async Task ControlAsync() => Assert.Equal(201, (await stage.PostAsync("v1/records", await Good())).Status);

    Task<string> Good() => Payload(grant);

    Task<string> Payload(string payload) => _jose.SignAsync(owner.Device, "grant", payload);

    Task<string> Header(string header) => _jose.SignAsync(owner.Device, header, OpenSslJose.Encode(grant), raw: true);

    // Of notes, next in the chain.
    Task<string> Revocation(string epoch, string named)
    {
        string payload = OpenSslJose.Decode(_keptRevocation.Split('.')[1]);
        return _jose.SignAsync(owner.Device, "revocation",
            payload.With("seq", Member("seq")).With("prev", Text(Member("prev"))).With("epoch", epoch).With("grant", Text(named)));
    }

    string Member(string name)
    {
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(grant);
        return json.RootElement.GetProperty(name).ToString();
    }

    async Task<string> ClaimsAsync() => stage.Claims(owner.Device.Kid, owner.Account, await stage.NonceAsync(), Stage.Ask(owner, "notes", "2", "add"));

    Task<string> Signed(string nonce) => _jose.SignAsync(owner.Device, "proof", stage.Claims(owner.Device.Kid, owner.Account, nonce, Stage.Ask(owner, "notes", "2", "add")));

    // For a new device.
    Task<string> CertificateAsync(Signer sheet, string server, Signer? device = null) => _jose.SignAsync(sheet, "certificate",
        $$$"""{"iss":"{{{sheet.Kid}}}","sub":"{{{(device ?? stranger).Kid}}}","aud":"{{{server}}}","iat":1767225600,"cnf":{"jwk":{{{OpenSslJose.Jwk(device ?? stranger)}}} } }""");

    static string Body(string sheet, string certificate, string more = "") => $$"""{"sheet":{{sheet}},"certificate":"{{certificate}}"{{more}}}""";

    static string Replaced(string record, int part, string with)
    {
        string[] parts = record.Split('.');
        parts[part] = with;
        return string.Join('.', parts);
    }

    static Row Record(string wrong, int status, string problem, Func<Task<string>> makeAsync) => new("POST records", wrong, status, problem, async () => Post("v1/records", await makeAsync()));

    static Row Proof(string wrong, Func<Task<string>> makeAsync) => new("POST tokens", wrong, 403, "not-accepted", async () => Post("v1/tokens", await makeAsync()));

    static Row Account(string wrong, int status, string problem, Func<string> make) => Account(wrong, status, problem, () => Task.FromResult(make()));

    static Row Account(string wrong, int status, string problem, Func<Task<string>> makeAsync) => new("POST accounts", wrong, status, problem, async () => Post("v1/accounts", await makeAsync()));

    static Request Post(string path, string body) => new("POST", path, Bytes(body));
}
