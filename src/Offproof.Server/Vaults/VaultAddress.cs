using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>ACCOUNT/DEVICE/CATEGORY/EPOCH: which vault. Its four parts were checked, so they are safe in a path.</summary>
readonly record struct VaultAddress(Thumbprint Account, Thumbprint Device, Category Category, Epoch Epoch)
{
    internal string EpochText => Epoch.Value.ToString(CultureInfo.InvariantCulture);

    internal static bool TryParse(string? account, string? device, string? category, string? epoch, out VaultAddress address)
    {
        bool good = Thumbprint.TryParse(account, out var a) & Thumbprint.TryParse(device, out var d) & Categories.TryParse(category, out var c) & Epoch.TryParse(epoch, out var e);
        address = good ? new(a, d, c, e) : default;
        return good;
    }

    internal static bool TryFrom(RouteValueDictionary route, out VaultAddress address) =>
        TryParse(route["account"] as string, route["device"] as string, route["category"] as string, route["epoch"] as string, out address);
}

/// <summary>What of restic's layout has names that are hashes.</summary>
enum ObjectType
{
    Data,
    Keys,
    Locks,
    Snapshots,
    Index,
}

static class ObjectTypes
{
    internal static ReadOnlySpan<ObjectType> All => [ObjectType.Data, ObjectType.Keys, ObjectType.Locks, ObjectType.Snapshots, ObjectType.Index];

    internal static string Name(this ObjectType type) => type switch
    {
        ObjectType.Data => "data",
        ObjectType.Keys => "keys",
        ObjectType.Locks => "locks",
        ObjectType.Snapshots => "snapshots",
        ObjectType.Index => "index",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    internal static bool TryParse([NotNullWhen(true)] string? name, out ObjectType type)
    {
        foreach (var candidate in All)
        {
            if (!string.Equals(candidate.Name(), name, StringComparison.Ordinal)) continue;
            type = candidate;
            return true;
        }

        type = default;
        return false;
    }
}
