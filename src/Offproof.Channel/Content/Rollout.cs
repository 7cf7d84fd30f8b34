using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Channel;

/// <summary>The draw of channel.md §5.1: made on the device, per notice, so that not always the same phones are first, and nobody else knows which.</summary>
public static class Rollout
{
    /// <summary>The length of the secret, in bytes.</summary>
    public const int SecretSize = 32;

    /// <summary>The draw: the fraction of the rollout, in units of 2^-64, that has to have passed.</summary>
    /// <param name="secret">32 random bytes that never leave the device</param>
    /// <param name="id">The notice's id</param>
    public static ulong Draw(ReadOnlySpan<byte> secret, string id)
    {
        if (secret.Length != SecretSize) throw new ArgumentException($"a secret has {SecretSize} bytes", nameof(secret));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(secret);
        sha.AppendData("offproof/v1/rollout\0"u8);
        sha.AppendData(Encoding.UTF8.GetBytes(id));
        sha.GetHashAndReset(hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <summary>From when on a device with this draw is offered the notice: the first moment at which (moment - start) / seconds >= draw / 2^64.</summary>
    public static DateTimeOffset OfferedFrom(Notice notice, ulong draw)
    {
        NoticeRollout rollout = notice.Rollout;
        if (notice.Critical || rollout.Seconds == 0) return rollout.Start;
        UInt128 ticks = ((UInt128)draw * (ulong)(rollout.Seconds * TimeSpan.TicksPerSecond)) + ulong.MaxValue;
        long wait = (long)(ticks >> 64);
        return wait > (DateTimeOffset.MaxValue - rollout.Start).Ticks ? DateTimeOffset.MaxValue : rollout.Start.AddTicks(wait);
    }
}

/// <summary>What a notice means for one device.</summary>
public enum OfferState
{
    /// <summary>It can be fetched and installed.</summary>
    Offered,

    /// <summary>Its rollout has not come to this device.</summary>
    NotYet,

    /// <summary>What is installed is too old to go there at once.</summary>
    BelowMinimum,

    /// <summary>What is installed is this version or a newer one.</summary>
    NotNewer,
}

/// <summary>A notice and what it means here and now.</summary>
/// <param name="Notice">The notice</param>
/// <param name="State">Whether it is offered, or why not</param>
/// <param name="From">From when on it is offered, by the draw</param>
public sealed record Offer(Notice Notice, OfferState State, DateTimeOffset From)
{
    /// <summary>Decides on the device; nothing of it is sent.</summary>
    public static Offer Of(Notice notice, ReleaseVersion installed, ReadOnlySpan<byte> secret, DateTimeOffset now)
    {
        DateTimeOffset from = Rollout.OfferedFrom(notice, Rollout.Draw(secret, notice.Id));
        OfferState state = installed >= notice.Version ? OfferState.NotNewer
            : notice.Minimum is { } minimum && installed < minimum ? OfferState.BelowMinimum
            : now < from ? OfferState.NotYet : OfferState.Offered;
        return new Offer(notice, state, from);
    }
}
