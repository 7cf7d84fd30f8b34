using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §4 and §5: a nonce, then a proof for it, then a token.</summary>
sealed class TokenEndpoints(
    AccountStore accounts, SheetStore sheets, VaultStore vaults, Suspensions suspensions, Nonces nonces, TokenStore tokens, Throttle throttle, Database database, Clerk clerk)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/nonces", Answers.Route(_ => GiveNonce()));
        routes.MapPost("/v1/tokens", Answers.Route(GiveTokenAsync));
        routes.MapDelete("/v1/tokens", Answers.Route(EndToken));
    }

    IResult GiveNonce()
    {
        var (text, expires) = nonces.Issue();
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("nonce", text);
            writer.WriteNumber("expires", expires);
            writer.WriteEndObject();
        });
    }

    IResult EndToken(HttpContext context)
    {
        tokens.End(context.Request);
        return Results.Ok();
    }

    async Task<IResult> GiveTokenAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, RecordEndpoints.MaxRecord);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!Answers.TryReadLedger(context.Request, out var ledger)) return Answers.Refuse(Refusal.Malformed);
        sheets.Settle(clerk.Now);
        if (!SignedRecord.TryParse(Encoding.Latin1.GetString(body), out var record)
            || accounts.FindSigner(record, clerk.Public) is not { } signer
            || !Proof.TryVerify(record, signer.Key, signer.Issuer, clerk.Server, out var proof)
            || !nonces.TryRead(proof.Nonce, out var nonce)) return Answers.Refuse(Refusal.NotAccepted);

        // Who signed belongs, or belonged, to the account that the proof names: anybody can name another's.
        if (Membership(proof, signer.Key) is not Refusal.NotAccepted) new Caller(proof.Account, proof.Signer, proof.Vault?.Category, proof.Vault?.Epoch).Sign(context);
        // Inside the gate: when a token to prune is given, nothing of the device's becomes visible any more (protocol.md §16).
        var pruned = proof.Vault is { Mode: VaultMode.Prune } ask ? vaults.Find(new(proof.Account, ask.Device, ask.Category, ask.Epoch)) : null;
        using var entered = pruned is null ? null : await pruned.EnterAsync(context.RequestAborted);
        return database.InTransaction<(IResult Answer, bool Keep)>(
            () =>
            {
                if (Judge(proof, signer.Key, out var token) is { } why) return (Answers.Refuse(why), false);
                if (!nonces.TryUse(nonce)) return (Answers.Refuse(Refusal.NotAccepted), false);
                // After the nonce: a proof that somebody repeats takes nothing from its owner.
                if (throttle.TakeToken(context, proof.Account) is { } slow) return (slow, false);
                var (text, expires) = tokens.Issue(token, proof.Seconds ?? Proof.DefaultSeconds);
                var receipt = ledger is null ? null : clerk.Receipt(record, proof.Account, proof.Signer, new(ReceiptState.Token, clerk.Now, Due: null, ledger));
                return (Written(text, expires, receipt), true);
            },
            result => result.Keep).Answer;
    }

    // The table of protocol.md §5.
    Refusal? Judge(Proof proof, VerifyingKey signer, out Token token)
    {
        bool bySheet = proof.Signer == proof.Account;
        token = new(proof.Account, proof.Signer, null, Adds: false);
        if (Membership(proof, signer) is { } why) return why;
        if (proof.Vault is not { } ask) return null;

        VaultAddress address = new(proof.Account, ask.Device, ask.Category, ask.Epoch);
        bool adds = ask.Mode == VaultMode.Add, prunes = ask.Mode == VaultMode.Prune;
        if (bySheet ? adds : prunes || ask.Device != proof.Signer) return Refusal.NotAccepted;
        token = token with { Vault = address, Adds = adds, Prunes = prunes };
        return State(address, bySheet) ?? (suspensions.Of(proof.Account) switch
        {
            Standing.Good => null,
            Standing.ReadOnly when !adds && !prunes => null,
            _ => Refusal.Suspended,
        });
    }

    Refusal? State(VaultAddress address, bool bySheet) => vaults.StateOf(address) switch
    {
        VaultState.On => null,
        VaultState.Kept => bySheet ? null : Refusal.Revoked,
        VaultState.Closed or VaultState.Erasing or VaultState.Erased => Refusal.Erased,
        _ => Refusal.NotAccepted,
    };

    Refusal? Membership(Proof proof, VerifyingKey signer) =>
        proof.Signer == proof.Account ? accounts.RefuseSheet(proof.Account, signer) : accounts.RefuseDevice(proof.Account, proof.Signer);

    static IResult Written(string token, long expires, SignedRecord? receipt) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("token", token);
        writer.WriteNumber("expires", expires);
        if (receipt is not null) writer.WriteString("receipt", receipt.Compact);
        writer.WriteEndObject();
    });
}
