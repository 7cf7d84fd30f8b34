using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Offproof.Channel;

/// <summary>
/// Fetches files whole, against endless data and slow retrieval (channel-tuf.md §3). A request is its request line and Host; a redirect is an answer like any
/// other that is not the file.
/// </summary>
internal sealed class Fetcher(HttpMessageInvoker http, TimeProvider time)
{
    const int BufferSize = 16_384;

    HttpStatusCode absent = HttpStatusCode.NotFound;

    /// <summary>The file, or null when the server says that it has none.</summary>
    internal async Task<byte[]?> TryFetchAsync(Uri address, long limit, string clause, CancellationToken cancellation)
    {
        using MemoryStream bytes = new();
        return await TryCopyAsync(address, limit, clause, bytes, cancellation).ConfigureAwait(false) ? bytes.ToArray() : null;
    }

    /// <summary>The file; <see cref="Refusal.Unavailable"/> when the server has none.</summary>
    internal async Task<byte[]> FetchAsync(Uri address, long limit, string clause, CancellationToken cancellation) =>
        await TryFetchAsync(address, limit, clause, cancellation).ConfigureAwait(false) ?? throw Absent(address, clause);

    /// <summary>What <see cref="TryCopyAsync"/> has just called false.</summary>
    internal TufException Absent(Uri address, string clause) => TufException.Answered(absent, address, clause);

    /// <summary>Copies the file, of at most <paramref name="limit"/> bytes; false when the server has none. What was copied before a refusal is the caller's to throw away.</summary>
    internal async Task<bool> TryCopyAsync(Uri address, long limit, string clause, Stream destination, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        using CancellationTokenSource slow = new(MetadataLimits.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(slow.Token, cancellation);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    break;
                case HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Gone: // object stores say 403 of what is not there
                    absent = response.StatusCode;
                    return false;
                default:
                    throw TufException.Answered(response.StatusCode, address, clause);
            }
            if (response.Content.Headers.ContentLength > limit) throw TooLong(address, limit, clause);
            var body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                byte[] buffer = new byte[BufferSize];
                long received = 0;
                while (true)
                {
                    // The moment at which what has come so far would be below the least rate.
                    var left = MetadataLimits.Patience + TimeSpan.FromSeconds((double)received / MetadataLimits.LeastRate) - time.GetElapsedTime(start);
                    if (left <= TimeSpan.Zero) throw TooSlow(address, clause);
                    slow.CancelAfter(left < MetadataLimits.Patience ? left : MetadataLimits.Patience); // nor may what came fast buy a long silence
                    int read;
                    try
                    {
                        read = await body.ReadAsync(buffer, either.Token).ConfigureAwait(false);
                    }
                    catch (IOException e) // the connection's; the destination's is the caller's disk
                    {
                        throw new TufException(Refusal.Unavailable, clause, $"{address.AbsolutePath}: {e.Message}", e);
                    }
                    if (read == 0) return true;
                    received += read;
                    if (received > limit) throw TooLong(address, limit, clause);
                    await destination.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException e) when (slow.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw TooSlow(address, clause, e);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw TufException.NotReached(address, clause, e);
        }
    }

    static TufException TooSlow(Uri address, string clause, Exception? inner = null) =>
        new(Refusal.SlowRetrieval, clause, string.Create(CultureInfo.InvariantCulture, $"{address.AbsolutePath} came slower than {MetadataLimits.LeastRate} bytes a second"), inner);

    static TufException TooLong(Uri address, long limit, string clause) =>
        new(Refusal.EndlessData, clause, string.Create(CultureInfo.InvariantCulture, $"{address.AbsolutePath} has more than the {limit} bytes that it may have"));
}
