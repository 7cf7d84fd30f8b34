namespace Offproof.Consent;
