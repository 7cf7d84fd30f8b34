using Offproof.Consent;

namespace Offproof.Device;

/// <summary>A server that the account left: a line of the sheet, <c># earlier-server: URL SERVER ACCOUNT</c> (consent.md §2). With it what is stored there still opens.</summary>
internal sealed record EarlierServer(Uri Server, Thumbprint ServerKey, Thumbprint Account)
{
    internal const string Name = "earlier-server";

    /// <summary>More are passed over: a sheet is read whole before anything of it is believed.</summary>
    internal const int Most = 32;

    /// <summary>Null where it is damaged: the line helps, and a sheet is none the worse without it.</summary>
    internal static EarlierServer? TryParse(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var url, var key, var account]
        && Uri.TryCreate(url, UriKind.Absolute, out Uri? server) && Thumbprint.TryParse(key, out Thumbprint serverKey) && Thumbprint.TryParse(account, out Thumbprint of)
            ? new EarlierServer(server, serverKey, of)
            : null;

    internal string Line => $"# {Name}: {Server} {ServerKey} {Account}";
}
