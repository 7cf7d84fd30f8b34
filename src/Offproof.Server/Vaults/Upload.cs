using System.Buffers;
using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>
/// A body on its way into a file: streamed, hashed and synced under DIR/tmp, invisible until it is published. Disposing removes what was not published.
/// </summary>
sealed class Upload : IDisposable
{
    const int BufferSize = 128 * 1024;

    readonly string temporary;
    readonly Quota.Reservation room;
    readonly long length;
    bool published;

    Upload(string path, Quota.Reservation room, long length) => (temporary, this.room, this.length) = (path, room, length);

    /// <summary>Takes the whole body; or says why not, and then nothing of it is left. An I/O error or a cancellation passes through, with the same promise.</summary>
    internal static async Task<(Upload? Whole, Refusal? Why)> ReceiveAsync(
        HttpRequest request, long most, Digest expected, DataFolder data, Quota.Reservation room, CancellationToken cancel)
    {
        // Refused before a byte is read where the sender says how much it will be, and again while it comes.
        if (request.ContentLength > most) return (null, Refusal.TooLarge);
        if (request.ContentLength is { } announced && !(room.TryHold(announced) && room.FitsOnDisk(announced))) return (null, Refusal.Full);
        string path = data.NewTemporaryFile();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        bool whole = false;
        try
        {
            await using var file = DataFolder.CreateFile(path);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long received = 0;
            while (await request.Body.ReadAtLeastAsync(buffer.AsMemory(0, BufferSize), BufferSize, throwOnEndOfStream: false, cancel) is > 0 and var read)
            {
                received += read;
                if (received > most) return (null, Refusal.TooLarge);
                if (!room.TryHold(received) || !room.FitsOnDisk(read)) return (null, Refusal.Full);
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }

            if (Digest.FromHash(hash.GetHashAndReset()) != expected) return (null, Refusal.Hash);
            file.Flush(flushToDisk: true);
            whole = true;
            return (new(path, room, received), null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (!whole) File.Delete(path);
        }
    }

    // Inside the vault's gate, where nobody else can make the same name. The folder is synced by the caller, outside.
    // The file's time is when the server received it, by its own clock: what a prune goes by (protocol.md §16).
    internal void Publish(string final, long now)
    {
        File.SetLastWriteTimeUtc(temporary, DateTimeOffset.FromUnixTimeSeconds(now).UtcDateTime);
        DataFolder.CreateFolder(Path.GetDirectoryName(final)!);
        File.Move(temporary, final, overwrite: false);
        published = true;
        room.Keep(length);
    }

    public void Dispose()
    {
        if (!published) File.Delete(temporary);
    }
}
