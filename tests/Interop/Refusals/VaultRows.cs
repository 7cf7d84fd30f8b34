using static Offproof.Interop.Forged;

namespace Offproof.Interop;

/// <summary>Tokens and objects: protocol.md §5 to §7.</summary>
sealed class VaultRows(Stage stage, Owned owner, Owned other, Tokens tokens)
{
    const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    static readonly byte[] Fresh = Bytes("never stored");

    readonly string _notes = owner.Vault("notes", "2");

    internal Group ByToken() => new("Tokens", [
        Add("no token", null),
        Add("an empty token", ""),
        Add("a guess of the right length", new string('A', 43)),
        Add("a good token without its last character", tokens.Add[..^1]),
        new("POST data/NAME?token=", "a good token in the query", 403, "not-accepted", () => New("POST", Data(Fresh) + "?token=" + tokens.Add, Fresh)),
        new("POST data/NAME", "a good token as a cookie", 403, "not-accepted", () => Task.FromResult(new Request("POST", Data(Fresh), Fresh, null, "Cookie: token=" + tokens.Add))),
        Add("a token for recovery", tokens.Recovery),
        Add("a token of another account", tokens.Others),
        Add("a token of another category", tokens.Contacts),
        Add("a token of the epoch before", tokens.EpochBefore),
        new("POST data/NAME", "a good token, for the vault of another account", 403, "not-accepted", () => New("POST", other.Vault("notes", "1") + NameOf(Fresh), Fresh, tokens.Add)),
        new("POST data/NAME", "a good token, for an epoch that is not there", 403, "not-accepted", () => New("POST", owner.Vault("notes", "3") + NameOf(Fresh), Fresh, tokens.Add)),
        new("POST data/NAME", "a good token, the epoch written 02", 403, "not-accepted", () => New("POST", owner.Vault("notes", "02") + NameOf(Fresh), Fresh, tokens.Add)),
        new("POST data/NAME", "a good token, the category written Notes", 403, "not-accepted", () => New("POST", owner.Vault("Notes", "2") + NameOf(Fresh), Fresh, tokens.Add)),
        new("GET recovery/ACCOUNT/", "a vault's token", 403, "not-accepted", () => New("GET", $"v1/recovery/{owner.Account}/", null, tokens.Add)),
        new("GET recovery/ACCOUNT/", "another account's token for recovery", 403, "not-accepted", () => New("GET", $"v1/recovery/{owner.Account}/", null, tokens.OthersRecovery)),
        new("GET recovery/ACCOUNT/refusals", "another account's token for recovery", 403, "not-accepted", () => New("GET", $"v1/recovery/{owner.Account}/refusals", null, tokens.OthersRecovery)),
        new("GET recovery/.../notes/2", "another account's token for recovery", 403, "not-accepted", () => New("GET", owner.Sealed("notes", "2"), null, tokens.OthersRecovery)),
        new("GET recovery/.../notes/2", "a token of another category", 403, "not-accepted", () => New("GET", owner.Sealed("notes", "2"), null, tokens.Contacts)),
    ]);

    internal Group Revoked() => new("After the revocation", [
        new("POST data/NAME", "a token given before", 403, "revoked", () => New("POST", owner.Vault("photos", "1") + NameOf(Fresh), Fresh, tokens.Revoked)),
        new("POST locks/NAME", "a token given before", 403, "revoked", () => New("POST", owner.Vault("photos", "1") + "locks/" + Hash(Fresh), Fresh, tokens.Revoked)),
        new("POST ?create=true", "a token given before", 403, "revoked", () => New("POST", owner.Vault("photos", "1") + "?create=true", [], tokens.Revoked)),
        new("PUT recovery/.../photos/1", "a token given before", 403, "revoked", () => New("PUT", owner.Sealed("photos", "1"), Fresh, tokens.Revoked)),
        new("GET config", "a token given before", 403, "revoked", () => New("GET", owner.Vault("photos", "1") + "config", null, tokens.Revoked)),
        new("GET data/", "a token given before", 403, "revoked", () => New("GET", owner.Vault("photos", "1") + "data/", null, tokens.Revoked)),
        new("DELETE locks/NAME", "a token given before", 403, "revoked", () => New("DELETE", owner.Vault("photos", "1") + "locks/" + Zeros, null, tokens.Revoked)),
        new("POST data/NAME", "the sheet's token, which reads what is kept", 403, "read-only", () => New("POST", owner.Vault("photos", "1") + NameOf(Fresh), Fresh, tokens.SheetKept)),
    ]);

    internal Group Objects() => new("Objects", [
        new("POST data/NAME", "a token that reads", 403, "read-only", () => New("POST", Data(Fresh), Fresh, tokens.Read)),
        new("POST config", "a token that reads", 403, "read-only", () => New("POST", _notes + "config", Fresh, tokens.Read)),
        new("PUT recovery/.../notes/2", "a token that reads", 403, "read-only", () => New("PUT", owner.Sealed("notes", "2"), Fresh, tokens.Read)),
        new("DELETE data/NAME", "a token that adds", 403, "read-only", () => New("DELETE", _notes + "data/" + Zeros, null, tokens.Add)),
        new("DELETE snapshots/NAME", "a token that adds, an object that is there", 403, "read-only", async () => await New("DELETE", _notes + "snapshots/" + await FirstAsync("snapshots"), null, tokens.Add)),
        new("DELETE keys/NAME", "the sheet's token", 403, "read-only", async () => await New("DELETE", _notes + "keys/" + await FirstAsync("keys"), null, tokens.Sheet)),
        new("DELETE locks/NAME", "the sheet's token, a lock of the device", 403, "read-only", () => New("DELETE", _notes + "locks/" + Hash(tokens.LockOfTheDevice), null, tokens.Sheet)),
        new("DELETE config", "a token that adds", 405, "method", () => New("DELETE", _notes + "config", null, tokens.Add)),
        new("PUT data/NAME", "a method that is not restic's", 405, "method", () => New("PUT", Data(Fresh), Fresh, tokens.Add)),
        new("POST config", "a second one", 403, "exists", () => New("POST", _notes + "config", Fresh, tokens.Add)),
        new("POST snapshots/NAME", "a name that is there, other bytes", 403, "exists", async () => await New("POST", _notes + "snapshots/" + await FirstAsync("snapshots"), Fresh, tokens.Add)),
        new("POST keys/NAME", "a second key", 400, "hash", () => New("POST", _notes + "keys/" + Hash(Fresh), Fresh, tokens.Add)),
        new("PUT recovery/.../notes/2", "another sealed password", 400, "hash", () => New("PUT", owner.Sealed("notes", "2"), Fresh, tokens.Add)),
        new("POST data/NAME", "bytes that are not those of the name", 400, "hash", () => New("POST", _notes + "data/" + Zeros, Fresh, tokens.Add)),
        new("POST data/NAME", "the first half of the bytes", 400, "hash", () => New("POST", Data(Fresh), Fresh[..6], tokens.Add)),
        new("POST data/NAME", "no bytes", 400, "hash", () => New("POST", Data(Fresh), [], tokens.Add)),
        new("POST data/NAME", "more than the quota has room for", 507, "full", () => New("POST", Data(new byte[1_200_000]), new byte[1_200_000], tokens.Add)),
        new("POST data/NAME", "more than the quota has room for, unannounced", 507, "full",
            () => Task.FromResult(new Request("POST", Data(new byte[1_200_000]), new byte[1_200_000], tokens.Add, "Transfer-Encoding: chunked"))),
        new("POST data/NAME", "600 MB announced", 413, "too-large", () => Task.FromResult(new Request("POST", Data(Fresh), Fresh, tokens.Add, "Content-Length: 600000000"))),
        new("POST locks/NAME", "a lock of 70 kB", 413, "too-large", () => New("POST", _notes + "locks/" + Hash(new byte[70_000]), new byte[70_000], tokens.Add)),
        new("PUT recovery/.../notes/2", "a sealed password of 17 kB", 413, "too-large", () => New("PUT", owner.Sealed("notes", "2"), new byte[17_000], tokens.Add)),
        new("POST config", "before the sealed password", 409, "sealed-first", () => New("POST", owner.Vault("messages", "1") + "config", Fresh, tokens.Unsealed)),
        new("POST data/NAME", "before the sealed password", 409, "sealed-first", () => New("POST", owner.Vault("messages", "1") + NameOf(Fresh), Fresh, tokens.Unsealed)),
        new("POST data/NAME", "the name in capital letters", 400, "malformed", () => New("POST", _notes + "data/" + Hash(Fresh).ToUpperInvariant(), Fresh, tokens.Add)),
        new("POST data/NAME", "a name of 63 digits", 400, "malformed", () => New("POST", _notes + "data/" + Hash(Fresh)[1..], Fresh, tokens.Add)),
        new("POST data/NAME", "..%2f..%2fserver.key as the name", 400, "malformed", () => New("POST", _notes + "data/..%2f..%2fserver.key", Fresh, tokens.Add)),
        new("POST data/../../../server.key", "dots in the path", 404, "not-found", () => New("POST", _notes + "data/../../../server.key", Fresh, tokens.Add)),
        new("GET data/../../notes/1/config", "dots in the path, to another vault", 403, "revoked", () => New("GET", _notes + "data/../../1/config", null, tokens.EpochBefore)),
        new("POST secrets/NAME", "a type that restic does not have", 404, "not-found", () => New("POST", _notes + "secrets/" + Hash(Fresh), Fresh, tokens.Add)),
        new("POST data//NAME", "two slashes", 404, "not-found", () => New("POST", _notes + "data//" + Hash(Fresh), Fresh, tokens.Add)),
        new("GET data/NAME", "what is not there", 404, "not-found", () => New("GET", _notes + "data/" + Zeros, null, tokens.Add)),
        new("GET config", "a range past the end", 416, "range", () => Task.FromResult(new Request("GET", _notes + "config", null, tokens.Add, "Range: bytes=100000-"))),
        new("POST data/%00", "a path that is none", 400, "", () => New("POST", _notes + "data/%00", Fresh, tokens.Add)),
    ]);

    internal Group Suspended() => new("Of a suspended account", [
        new("POST data/NAME", "its token that adds", 403, "suspended", () => New("POST", other.Vault("notes", "1") + NameOf(Fresh), Fresh, tokens.Others)),
        new("POST ?create=true", "its token that adds", 403, "suspended", () => New("POST", other.Vault("notes", "1") + "?create=true", [], tokens.Others)),
        new("PUT recovery/.../notes/1", "its token that adds", 403, "suspended", () => New("PUT", other.Sealed("notes", "1"), Fresh, tokens.Others)),
        new("POST tokens", "a proof for a token that adds", 403, "suspended",
            async () => await New("POST", "v1/tokens", Bytes(await stage.ProofAsync(other.Device, other.Account, Stage.Ask(other, "notes", "1", "add"))))),
    ]);

    internal Group Expired() => new("After its time", [Add("a token of a minute, a minute later", tokens.Short)]);

    internal Group Honest() => new("", [new("POST data/NAME", "nothing", 403, "not-accepted", () => New("POST", Data(Bytes("honest")), Bytes("honest"), tokens.Add))]);

    /// <summary>The same requests without a mistake: what the table shows is not that everything is refused.</summary>
    internal async Task ControlAsync()
    {
        string before = await stage.StoredAsync();
        Assert.Equal(200, (await stage.SendAsync(await New("POST", Data(Fresh), Fresh, tokens.Add))).Status);
        Assert.NotEqual(before, await stage.StoredAsync());
        Assert.Equal(200, (await stage.SendAsync(await New("GET", Data(Fresh), null, tokens.Read))).Status);
        Assert.Equal(200, (await stage.SendAsync(await New("DELETE", _notes + "locks/" + Hash(tokens.LockOfTheDevice), null, tokens.Add))).Status);
    }

    Row Add(string wrong, string? token) => new("POST data/NAME", wrong, 403, "not-accepted", () => New("POST", Data(Fresh), Fresh, token));

    async Task<string> FirstAsync(string type)
    {
        Reply list = await stage.SendAsync(new Request("GET", _notes + type + "/", null, tokens.Add));
        return list.Body.Split('"')[1];
    }

    string Data(byte[] bytes) => _notes + NameOf(bytes);

    static string NameOf(byte[] bytes) => "data/" + Hash(bytes);

    static Task<Request> New(string method, string path, byte[]? body, string? token = null) => Task.FromResult(new Request(method, path, body, token));
}

/// <summary>Tokens that were given for one thing each.</summary>
sealed record Tokens
{
    internal required string Add { get; init; }

    internal required string Read { get; init; }

    internal required string Sheet { get; init; }

    internal required string SheetKept { get; init; }

    internal required string Recovery { get; init; }

    internal required string Contacts { get; init; }

    internal required string EpochBefore { get; init; }

    internal required string Revoked { get; init; }

    internal required string Unsealed { get; init; }

    internal required string Others { get; init; }

    internal required string OthersRecovery { get; init; }

    internal required string Short { get; init; }

    /// <summary>Bytes of a lock that the device set.</summary>
    internal byte[] LockOfTheDevice { get; } = Bytes("a lock of the device");
}
