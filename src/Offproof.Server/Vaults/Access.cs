using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Who comes to a vault, with what right.</summary>
sealed record Visitor(Vault Vault, Token Token);

/// <summary>protocol.md §7.1: every request to a vault needs a token for that vault; whoever has none learns nothing, not even whether it exists.</summary>
sealed class Access(TokenStore tokens, VaultStore vaults)
{
    internal Refusal? Admit(HttpContext context, out Visitor visitor)
    {
        visitor = null!;
        if (tokens.Find(context.Request) is not { Vault: { } granted } token) return Refusal.NotAccepted;
        if (!VaultAddress.TryFrom(context.Request.RouteValues, out var address) || address != granted) return Refusal.NotAccepted;
        if (vaults.Find(address) is not { } vault) return Refusal.NotAccepted;
        visitor = new(vault, token);
        return Standing(visitor);
    }

    // What the state of the vault says to this visitor; asked again inside the gate.
    internal static Refusal? Standing(Visitor visitor) => visitor.Vault.State switch
    {
        VaultState.On => null,
        VaultState.Kept => visitor.Token.HeldBySheet ? null : Refusal.Revoked,
        _ => Refusal.Erased,
    };

    internal Token? FindRecovery(HttpContext context, Thumbprint account) =>
        tokens.Find(context.Request) is { Vault: null } token && token.Account == account ? token : null;
}
