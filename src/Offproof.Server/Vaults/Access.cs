using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Who comes to a vault, with what right.</summary>
sealed record Visitor(Vault Vault, Token Token);

/// <summary>protocol.md §7.1: every request to a vault needs a token for that vault; whoever has none learns nothing, not even whether it exists.</summary>
sealed class Access(TokenStore tokens, VaultStore vaults, SheetStore sheets, Suspensions suspensions, Clerk clerk)
{
    internal Refusal? Admit(HttpContext context, out Visitor visitor)
    {
        visitor = null!;
        if (Bearer(context) is not { Vault: { } granted } token) return Refusal.NotAccepted;
        if (!VaultAddress.TryFrom(context.Request.RouteValues, out var address) || address != granted) return Refusal.NotAccepted;
        if (vaults.Find(address) is not { } vault) return Refusal.NotAccepted;
        visitor = new(vault, token);
        return StandingOf(visitor, adds: false);
    }

    // Asked again by an upload that is about to begin: what ended the token since cuts only those that had begun.
    internal bool StillHolds(HttpContext context) => Bearer(context) is not null;

    // A token that adds, in an account that may.
    internal Refusal? AdmitToAdd(HttpContext context, out Visitor visitor) =>
        Admit(context, out visitor) ?? (visitor.Token.Adds ? StandingOf(visitor, adds: true) : Refusal.ReadOnly);

    // What the state of the vault, and of the account (protocol.md §12), says to this visitor; asked again inside the gate. A lock adds nothing: readers set it.
    internal Refusal? StandingOf(Visitor visitor, bool adds) => visitor.Vault.State switch
    {
        VaultState.On => Suspended(visitor, adds),
        VaultState.Kept => visitor.Token.HeldBySheet ? Suspended(visitor, adds) : Refusal.Revoked,
        _ => Refusal.Erased,
    };

    // What a device adds waits while the vault is pruned (protocol.md §16); the sheet's locks are what the two agree by.
    internal Refusal? Maintenance(Visitor visitor) => !visitor.Token.HeldBySheet && tokens.IsPruned(visitor.Vault.Address) ? Refusal.Maintenance : null;

    Refusal? Suspended(Visitor visitor, bool adds) => suspensions.Of(visitor.Token.Account) switch
    {
        Standing.Good => null,
        Standing.ReadOnly when !adds => null,
        _ => Refusal.Suspended,
    };

    internal Token? FindRecovery(HttpContext context, Thumbprint account) => Bearer(context) is { Vault: null } token && token.Account == account ? token : null;

    // Its own state, for whoever comes with a recovery token (protocol.md §6, §12).
    internal Refusal? Closed(VaultAddress address) =>
        vaults.StateOf(address) is VaultState.Closed or VaultState.Erasing or VaultState.Erased ? Refusal.Erased
        : suspensions.Of(address.Account) == Standing.Closed ? Refusal.Suspended
        : null;

    // From here on it is known whose the request is, whatever comes of it. The old sheet's tokens are dead from the moment when the new one is the account's,
    // whether or not anybody looked then.
    Token? Bearer(HttpContext context)
    {
        sheets.Settle(clerk.Now);
        var token = tokens.Find(context.Request);
        if (token is not null) Caller.Of(token).Sign(context);
        return token;
    }
}
