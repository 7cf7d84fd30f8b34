using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// Why a request is made. Every request of the device carries one, and one alone; the gate refuses a request without, and one whose method and path (as
/// protocol.md has them) are not what the purpose needs: nothing of a category leaves under another name.
/// </summary>
internal abstract record Purpose
{
    internal static readonly HttpRequestOptionsKey<Purpose> Key = new("offproof.purpose");

    /// <param name="method">The request's</param>
    /// <param name="path">Its path's segments below the server's URL; a path that ends in a slash has an empty last one</param>
    internal abstract bool Covers(HttpMethod method, ReadOnlySpan<string> path);

    private static bool Reads(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head;

    /// <summary>Opening an account, sending records, asking for tokens, joining (protocol.md §1-§5, §11).</summary>
    internal sealed record ConsentRecords : Purpose
    {
        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) => path switch
        {
            ["v1", "server"] or ["v1", "joins", _] => method == HttpMethod.Get,
            ["v1", "accounts" or "records" or "nonces" or "tokens" or "joins"] => method == HttpMethod.Post,
            ["v1", "joins", _, "offer" or "nonce"] => method == HttpMethod.Put,
            _ => false,
        };
    }

    /// <summary>Reading back the account's records and sealed passwords (protocol.md §6).</summary>
    internal sealed record Recovery : Purpose
    {
        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) =>
            Reads(method) && path is ["v1", "recovery", _, ""] or ["v1", "recovery", _, _, _, _];
    }

    /// <summary>Reading the vaults of a category, with locks (protocol.md §7): with the sheet, or one that is on or paused.</summary>
    internal sealed record Reading(Category Category) : Purpose
    {
        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) => path is ["v1", "vaults", _, _, var category, _, .. var rest]
            && category == Category.Name() && (Reads(method) || (rest is ["locks", _] && (method == HttpMethod.Post || method == HttpMethod.Delete)));
    }

    /// <summary>Adding to the vault of a category (protocol.md §6, §7): only while it is on.</summary>
    internal sealed record Backup(Category Category) : Purpose
    {
        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) => path switch
        {
            ["v1", "vaults", _, _, var category, _, .. var rest] => category == Category.Name()
                && (Reads(method) || method == HttpMethod.Post || (rest is ["locks", _] && method == HttpMethod.Delete)),
            ["v1", "recovery", _, _, var category, _] => category == Category.Name() && method == HttpMethod.Put,
            _ => false,
        };
    }
}
