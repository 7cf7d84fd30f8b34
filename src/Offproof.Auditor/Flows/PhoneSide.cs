namespace Offproof.Auditor;

/// <summary>Which end of a flow is the phone (audit.md §3.1). Roles in a protocol are another matter: a phone that is called is a server.</summary>
internal enum PhoneSide
{
    Client,
    Server,

    /// <summary>Not known: what either end sent is judged as leaving.</summary>
    Either,
}

internal static class PhoneSides
{
    internal const string Undecided = "undecided";

    internal static string Word(this PhoneSide side) => side switch { PhoneSide.Client => "client", PhoneSide.Server => "server", _ => Undecided };
}
