using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §4 and §5: a nonce, then a proof for it, then a token.</summary>
sealed class TokenEndpoints(AccountStore accounts, SheetStore sheets, VaultStore vaults, Nonces nonces, TokenStore tokens, Database database, Clerk clerk)
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
        sheets.Settle(clerk.Now);
        if (!SignedRecord.TryParse(Encoding.Latin1.GetString(body), out var record)
            || accounts.FindSigner(record.Kid) is not { } signer
            || !Proof.TryVerify(record, signer.Key, signer.Issuer, clerk.Server, out var proof)
            || !nonces.TryRead(proof.Nonce, out var nonce)) return Answers.Refuse(Refusal.NotAccepted);

        return database.InTransaction<(IResult Answer, bool Keep)>(
            () =>
            {
                if (Judge(proof, signer.Key, out var token) is { } why) return (Answers.Refuse(why), false);
                if (!nonces.TryUse(nonce)) return (Answers.Refuse(Refusal.NotAccepted), false);
                var (text, expires) = tokens.Issue(token, proof.Seconds ?? Proof.DefaultSeconds);
                return (Written(text, expires), true);
            },
            result => result.Keep).Answer;
    }

    // The table of protocol.md §5.
    Refusal? Judge(Proof proof, VerifyingKey signer, out Token token)
    {
        bool bySheet = proof.Signer == proof.Account;
        token = new(proof.Account, proof.Signer, null, Adds: false);
        if ((bySheet ? accounts.RefuseSheet(proof.Account, signer) : accounts.RefuseDevice(proof.Account, proof.Signer)) is { } why) return why;
        if (proof.Vault is not { } ask) return null;

        VaultAddress address = new(proof.Account, ask.Device, ask.Category, ask.Epoch);
        bool adds = ask.Mode == VaultMode.Add;
        if (bySheet ? adds : ask.Device != proof.Signer) return Refusal.NotAccepted;
        token = token with { Vault = address, Adds = adds };
        return vaults.StateOf(address) switch
        {
            VaultState.On => null,
            VaultState.Kept => bySheet ? null : Refusal.Revoked,
            VaultState.Closed or VaultState.Erasing or VaultState.Erased => Refusal.Erased,
            _ => Refusal.NotAccepted,
        };
    }

    static IResult Written(string token, long expires) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("token", token);
        writer.WriteNumber("expires", expires);
        writer.WriteEndObject();
    });
}
