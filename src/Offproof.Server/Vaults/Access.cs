using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Who comes to a vault, with what right.</summary>
sealed record Visitor(Vault Vault, Token Token);

/// <summary>protocol.md §7.1: every request to a vault needs a token for that vault; whoever has none learns nothing, not even whether it exists.</summary>
sealed class Access(TokenStore tokens, VaultStore vaults, SheetStore sheets, Clerk clerk)
{
    internal Refusal? Admit(HttpContext context, out Visitor visitor)
    {
        visitor = null!;
        if (Find(context) is not { Vault: { } granted } token) return Refusal.NotAccepted;
        if (!VaultAddress.TryFrom(context.Request.RouteValues, out var address) || address != granted) return Refusal.NotAccepted;
        if (vaults.Find(address) is not { } vault) return Refusal.NotAccepted;
        visitor = new(vault, token);
        return Standing(visitor);
    }

    // Asked again by an upload that is about to begin: what ended the token since cuts only those that had begun.
    internal bool StillHolds(HttpContext context) => Find(context) is not null;

    // What the state of the vault says to this visitor; asked again inside the gate.
    internal static Refusal? Standing(Visitor visitor) => visitor.Vault.State switch
    {
        VaultState.On => null,
        VaultState.Kept => visitor.Token.HeldBySheet ? null : Refusal.Revoked,
        _ => Refusal.Erased,
    };

    internal Token? FindRecovery(HttpContext context, Thumbprint account) =>
        Find(context) is { Vault: null } token && token.Account == account ? token : null;

    // Its own state, for whoever comes with a recovery token (protocol.md §6).
    internal Refusal? Closed(VaultAddress address) =>
        vaults.StateOf(address) is VaultState.Closed or VaultState.Erasing or VaultState.Erased ? Refusal.Erased : null;

    // The old sheet's tokens are dead from the moment when the new one is the account's, whether or not anybody looked then.
    Token? Find(HttpContext context)
    {
        sheets.Settle(clerk.Now);
        return tokens.Find(context.Request);
    }
}
