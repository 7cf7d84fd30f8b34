namespace Offproof.Vault;
