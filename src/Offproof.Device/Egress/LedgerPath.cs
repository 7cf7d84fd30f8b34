using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>A path as the ledger has it (ledger.md §2): it names nobody and opens nothing, so that a ledger can be shown to others.</summary>
internal static class LedgerPath
{
    private const int MostWord = 16;
    private const int Epoch = 6;

    /// <summary>The host as the ledger has it: <c>NAME:PORT</c>, an address of version 6 in brackets.</summary>
    internal static string Host(Uri server) => string.Create(CultureInfo.InvariantCulture, $"{(server.HostNameType == UriHostNameType.IPv6 ? $"[{server.IdnHost}]" : server.IdnHost)}:{server.Port}");

    /// <param name="path">Its segments below the server's own path</param>
    /// <param name="query">Its query, with the question mark</param>
    internal static string Of(ReadOnlySpan<string> path, string query)
    {
        if (Purpose.Public.IsOfChannel(path)) return "/" + string.Join('/', path) + query; // names of public files
        List<string> written = [];
        bool names = path is ["v1", "vaults" or "recovery", ..];
        for (int i = 0; i < path.Length; i++)
        {
            written.Add(names && path[i].Length > 0 && i is 2 ? "ACCOUNT"
                : names && path[i].Length > 0 && i is 3 && path is not [_, "recovery", _, "refusals"] ? "DEVICE"
                : IsWord(path[i]) || (names && i > 3 && Digest.TryParse(path[i], out _)) ? path[i]
                : "*");
        }
        return "/" + string.Join('/', written) + query;
    }

    private static bool IsWord(string segment) => segment == "v1" || segment.Length <= MostWord && segment.All(char.IsAsciiLetterLower) || segment.Length <= Epoch && segment.All(char.IsAsciiDigit);
}
