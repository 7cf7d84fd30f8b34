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

    /// <summary>The word for it in the ledger (ledger.md §1).</summary>
    internal abstract string Name { get; }

    /// <summary>The record hash of the grant that covers it; null where none is needed.</summary>
    internal virtual Digest? Grant => null;

    /// <summary>True where this device holds what it takes.</summary>
    internal virtual bool IsOpen(Func<Category, Holding> holds) => true;

    /// <summary>True for a request that a signature authenticates: the ledger's head goes with it (ledger.md §5).</summary>
    internal virtual bool ShowsHead(ReadOnlySpan<string> path) => false;

    private static bool Reads(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head;

    /// <summary>What anybody may fetch: the server's key (protocol.md §1), and the public channel (channel.md §1).</summary>
    internal sealed record Public : Purpose
    {
        internal override string Name => "public";

        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) => method == HttpMethod.Get && (path is ["v1", "server"] || IsOfChannel(path));

        /// <summary>True for a request of the channel: it must be the same for all, so it has no header but its host (channel.md §6.1).</summary>
        internal static bool IsOfChannel(ReadOnlySpan<string> path) => path is ["channel", _, ..];

        /// <summary>True for an update itself (channel.md §8), which is fetched in ranges.</summary>
        internal static bool IsOfUpdate(ReadOnlySpan<string> path) => path is ["channel", "targets", "payloads", _, ..];
    }

    /// <summary>Opening an account, sending records, asking for tokens, joining (protocol.md §2-§5, §17).</summary>
    internal sealed record ConsentRecords : Purpose
    {
        internal override string Name => "consent";

        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) => path switch
        {
            ["v1", "tokens"] => method == HttpMethod.Post || method == HttpMethod.Delete,
            ["v1", "accounts" or "records" or "nonces" or "joins"] => method == HttpMethod.Post,
            ["v1", "joins", _] => method == HttpMethod.Get,
            ["v1", "joins", _, "offer" or "nonce"] => method == HttpMethod.Put,
            _ => false,
        };

        internal override bool ShowsHead(ReadOnlySpan<string> path) => path is ["v1", "accounts" or "records" or "tokens"];
    }

    /// <summary>Reading back the account's records and sealed passwords (protocol.md §6), and what was refused (§13).</summary>
    internal sealed record Recovery : Purpose
    {
        internal override string Name => "recovery";

        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) =>
            Reads(method) && path is ["v1", "recovery", _, "" or "refusals"] or ["v1", "recovery", _, _, _, _];
    }

    /// <summary>Reading the vaults of a category, with locks (protocol.md §7): with the sheet, or one that is on or paused.</summary>
    /// <param name="Category">Which</param>
    /// <param name="Covering">The record hash of the vault's grant</param>
    internal sealed record Reading(Category Category, Digest Covering) : Purpose
    {
        internal override string Name => Category.Name();

        internal override Digest? Grant => Covering;

        internal override bool IsOpen(Func<Category, Holding> holds) => holds(Category) is not Holding.Nothing;

        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) => path is ["v1", "vaults", _, _, var category, _, .. var rest]
            && category == Category.Name() && (Reads(method) || (rest is ["locks", _] && (method == HttpMethod.Post || method == HttpMethod.Delete)));
    }

    /// <summary>Pruning a vault with the sheet (protocol.md §16): read, locks, new indexes, and removal of what is old.</summary>
    /// <param name="Category">Which</param>
    /// <param name="Covering">The record hash of the vault's grant</param>
    internal sealed record Pruning(Category Category, Digest Covering) : Purpose
    {
        internal override string Name => Category.Name();

        internal override Digest? Grant => Covering;

        internal override bool IsOpen(Func<Category, Holding> holds) => holds(Category) is not Holding.Nothing;

        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) => path is ["v1", "vaults", _, _, var category, _, .. var rest]
            && category == Category.Name() && (Reads(method) || (method == HttpMethod.Post && rest is ["locks" or "index", _])
                || (method == HttpMethod.Delete && rest is ["locks" or "index" or "snapshots" or "data", _]));
    }

    /// <summary>Adding to the vault of a category (protocol.md §6, §7): only while it is on.</summary>
    /// <param name="Category">Which</param>
    /// <param name="Covering">The record hash of the vault's grant</param>
    internal sealed record Backup(Category Category, Digest Covering) : Purpose
    {
        internal override string Name => Category.Name();

        internal override Digest? Grant => Covering;

        internal override bool IsOpen(Func<Category, Holding> holds) => holds(Category) is Holding.ToAdd;

        internal override bool Covers(HttpMethod method, ReadOnlySpan<string> path) => path switch
        {
            ["v1", "vaults", _, _, var category, _, .. var rest] => category == Category.Name()
                && (Reads(method) || method == HttpMethod.Post || (rest is ["locks", _] && method == HttpMethod.Delete)),
            ["v1", "recovery", _, _, var category, _] => category == Category.Name() && method == HttpMethod.Put,
            _ => false,
        };
    }
}

/// <summary>What one holds of a category, as the gate asks before each of its requests.</summary>
internal enum Holding
{
    /// <summary>It is off: there is no key.</summary>
    Nothing,

    /// <summary>It is paused; or the sheet is at hand, which opens what is stored and adds nothing.</summary>
    ToRead,

    /// <summary>It is on.</summary>
    ToAdd,
}
