namespace Offproof.Auditor;

/// <summary>Which end of a flow sent: the one that opened it (the phone, as a rule), or the one that was called.</summary>
internal enum Sender
{
    Client,
    Server,
}

internal static class SenderNames
{
    internal static Sender Other(this Sender sender) => sender == Sender.Client ? Sender.Server : Sender.Client;

    internal static string Word(this Sender sender) => sender == Sender.Client ? "client" : "server";
}
