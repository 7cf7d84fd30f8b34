using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §4 and §5: a nonce, then a proof for it, then a token.</summary>
sealed class TokenEndpoints(AccountStore accounts, VaultStore vaults, Nonces nonces, TokenStore tokens, Database database, Clerk clerk)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/nonces", Answers.Route(_ => GiveNonce()));
        routes.MapPost("/v1/tokens", Answers.Route(GiveTokenAsync));
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

    async Task<IResult> GiveTokenAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, RecordEndpoints.MaxRecord);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!Answers.TryReadLedger(context.Request, out var ledger)) return Answers.Refuse(Refusal.Malformed);
        if (!SignedRecord.TryParse(Encoding.Latin1.GetString(body), out var record)
            || accounts.FindKey(record.Kid) is not { } key
            || !Proof.TryVerify(record, key, clerk.Server, out var proof)
            || !nonces.TryRead(proof.Nonce, out var nonce)) return Answers.Refuse(Refusal.NotAccepted);

        return database.InTransaction<(IResult Answer, bool Keep)>(
            () =>
            {
                if (Judge(proof, out var token) is { } why) return (Answers.Refuse(why), false);
                if (!nonces.TryUse(nonce)) return (Answers.Refuse(Refusal.NotAccepted), false);
                var (text, expires) = tokens.Issue(token, proof.Seconds ?? Proof.DefaultSeconds);
                var receipt = ledger is null ? null : clerk.Receipt(record, proof.Account, proof.Signer, ReceiptState.Token, ledger);
                return (Written(text, expires, receipt), true);
            },
            result => result.Keep).Answer;
    }

    // The table of protocol.md §5.
    Refusal? Judge(Proof proof, out Token token)
    {
        bool bySheet = proof.Signer == proof.Account;
        token = new(proof.Account, proof.Signer, null, Adds: false);
        if (bySheet ? accounts.FindSheet(proof.Account) is null : !accounts.HasDevice(proof.Account, proof.Signer)) return Refusal.NotAccepted;
        if (proof.Vault is not { } ask) return null;

        VaultAddress address = new(proof.Account, ask.Device, ask.Category, ask.Epoch);
        bool adds = ask.Mode == VaultMode.Add;
        if (bySheet ? adds : ask.Device != proof.Signer) return Refusal.NotAccepted;
        token = token with { Vault = address, Adds = adds };
        return vaults.StateOf(address) switch
        {
            VaultState.On => null,
            VaultState.Kept => bySheet ? null : Refusal.Revoked,
            VaultState.Erased => Refusal.Erased,
            _ => Refusal.NotAccepted,
        };
    }

    static IResult Written(string token, long expires, SignedRecord? receipt) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("token", token);
        writer.WriteNumber("expires", expires);
        if (receipt is not null) writer.WriteString("receipt", receipt.Compact);
        writer.WriteEndObject();
    });
}
