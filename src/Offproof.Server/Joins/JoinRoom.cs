using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>One joining, as far as it has come; a value, so that two who write at once do not both succeed.</summary>
sealed record Joining(VerifyingKey Key, Digest Commitment, long Expires)
{
    internal byte[]? Offer { get; init; }

    internal string? Nonce { get; init; }
}

/// <summary>protocol.md §17: where two devices leave notes for one another. In memory only; strangers may write here, so it is small and forgets.</summary>
sealed class JoinRoom(Clerk clerk)
{
    internal const int Seconds = 600;
    internal const int Most = 1000;

    const int NameLength = 8;
    const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    readonly ConcurrentDictionary<string, Joining> joinings = new(StringComparer.Ordinal);

    // False where the room is full.
    internal bool TryBegin(VerifyingKey key, Digest commitment, [NotNullWhen(true)] out string? name, out long expires)
    {
        (name, expires) = (null, clerk.Now + Seconds);
        foreach (var (old, joining) in joinings)
        {
            if (joining.Expires <= clerk.Now) joinings.TryRemove(KeyValuePair.Create(old, joining));
        }

        if (joinings.Count >= Most) return false;
        Joining begun = new(key, commitment, expires);
        do name = RandomNumberGenerator.GetString(Alphabet, NameLength);
        while (!joinings.TryAdd(name, begun));
        return true;
    }

    internal Joining? Find(string? name) => name is not null && joinings.TryGetValue(name, out var joining) && joining.Expires > clerk.Now ? joining : null;

    // False where somebody else was first: each step is taken once.
    internal bool TryStep(string name, Joining from, Joining to) => joinings.TryUpdate(name, to, from);
}
