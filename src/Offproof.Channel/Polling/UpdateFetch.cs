using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Offproof.Channel;

/// <summary>An update that was fetched and verified.</summary>
/// <param name="File">Where it lies</param>
/// <param name="Sha256">Of it, lower-case hexadecimal</param>
/// <param name="Bytes">Its length</param>
/// <param name="Received">How many bytes came over the net for it now</param>
/// <param name="Delta">The version that the delta started from; null where the whole update was fetched</param>
public sealed record FetchedUpdate(string File, string Sha256, long Bytes, long Received, ReleaseVersion? Delta);

/// <summary>channel.md §8: in parts of one MiB, one after the other, that go on where they were stopped; whole from a server that knows no parts.</summary>
/// <param name="http">Follows no redirect and adds no header</param>
/// <param name="channel">The channel's URL, ending in a slash</param>
/// <param name="time">The clock</param>
/// <param name="parts">HOME/channel/parts: what has come so far</param>
/// <param name="progress">Is told the bytes that are there, and how many there will be</param>
/// <param name="whole">Is told that the server gives no parts of files</param>
internal sealed class UpdateFetch(HttpMessageInvoker http, Uri channel, TimeProvider time, string parts, Action<long, long>? progress, Action? whole)
{
    internal const int Part = 1 << 20;
    private const int BufferSize = 1 << 16;

    private long received;

    internal async Task<FetchedUpdate> RunAsync(Notice notice, TargetsMetadata targets, string? installed, string to, CancellationToken cancel)
    {
        PartFiles own = new(parts, notice.Payloads.Select(payload => targets.Targets.GetValueOrDefault(payload.Target)?.Hashes.ByName.GetValueOrDefault("sha256")).OfType<string>());
        if (installed is not null && await DeltaAsync(notice, installed, cancel).ConfigureAwait(false) is { } delta)
        {
            TargetFile from = Signed(delta, targets);
            string made = own.MadePath(delta.Sha256);
            await (await FetchAsync(delta, from, own, cancel).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            DeltaResult result = Delta.Apply(delta, installed, own.PathOf(Hash(delta, from)), made);
            own.Drop(Hash(delta, from));
            if (result == DeltaResult.Done) return Keep(own, Verified(PartFiles.Open(made), delta), notice, to, delta.From);
            if (result == DeltaResult.Broken) throw new TufException(Refusal.ArbitrarySoftware, "5.7.2", "the delta does not make the update that the notice promises");
        }

        NoticePayload full = notice.Payloads.First(static payload => payload.Kind == NoticePayload.Full);
        TargetFile target = Signed(full, targets);
        if (target.Length != full.Bytes || Hash(full, target) != full.Sha256) throw new TufException(Refusal.ArbitrarySoftware, "5.7.2", "the payload is not the update that the notice promises");
        return Keep(own, await FetchAsync(full, target, own, cancel).ConfigureAwait(false), notice, to, null);
    }

    private FetchedUpdate Keep(PartFiles own, FileStream update, Notice notice, string to, ReleaseVersion? from)
    {
        using FileStream held = update;
        NoticePayload promised = notice.Payloads[0];
        return new FetchedUpdate(own.Keep(held, to, notice.FileName, promised.Sha256, time.GetUtcNow()), promised.Sha256, promised.Bytes, received, from);
    }

    // What the delta wrote is looked at once more through the handle of what gets the name.
    private static FileStream Verified(FileStream made, NoticePayload promised)
    {
        if (made.Length == promised.Bytes && PartFiles.Sha256(made) == promised.Sha256) return made;
        made.Dispose();
        throw new IOException($"{made.Name} was changed while it was made");
    }

    private static TargetFile Signed(NoticePayload payload, TargetsMetadata targets) =>
        targets.Targets.TryGetValue(payload.Target, out TargetFile? target) ? target : throw new TufException(Refusal.NoSuchTarget, "5.6.7", $"the release has no {payload.Target}");

    private static string Hash(NoticePayload payload, TargetFile target) =>
        target.Hashes.ByName.GetValueOrDefault("sha256") ?? throw new TufException(Refusal.Malformed, "5.7.2", $"{payload.Target} has no SHA-256");

    private static async Task<NoticePayload?> DeltaAsync(Notice notice, string installed, CancellationToken cancel)
    {
        if (notice.Payloads.All(static payload => payload.Kind != NoticePayload.Delta)) return null;
        string hash = await Sha256Async(installed, cancel).ConfigureAwait(false);
        return notice.Payloads.FirstOrDefault(payload => payload.Kind == NoticePayload.Delta && payload.FromSha256 == hash);
    }

    /// <exception cref="InvalidDataException">It is no file.</exception>
    internal static async Task<string> Sha256Async(string file, CancellationToken cancel)
    {
        FileFacts.RequireRegular(file);
        FileStream stream = File.OpenRead(file);
        await using (stream.ConfigureAwait(false)) return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false));
    }

    /// <summary>A file of its own that has the length and hash that were signed, open.</summary>
    private async Task<FileStream> FetchAsync(NoticePayload payload, TargetFile target, PartFiles own, CancellationToken cancel)
    {
        string hash = Hash(payload, target);
        Uri address = new(channel, PublicTree.TargetPlace(payload.Target, hash));
        FileStream stream = PartFiles.Open(own.PathOf(hash));
        try
        {
            long at = Math.Min(stream.Length, target.Length) / Part * Part;
            stream.SetLength(at);
            stream.Position = at;
            for (; at < target.Length; at = stream.Position)
            {
                progress?.Invoke(at, target.Length);
                await FetchPartAsync(address, at, Math.Min(Part, target.Length - at), target.Length, stream, cancel).ConfigureAwait(false);
                await stream.FlushAsync(cancel).ConfigureAwait(false);
            }
            stream.Flush(flushToDisk: true);
            progress?.Invoke(target.Length, target.Length);
            if (PartFiles.Sha256(stream) == hash) return stream; // of what is open, and not of what has its name
            own.Drop(hash);
            throw new TufException(Refusal.ArbitrarySoftware, "5.7.2", $"{payload.Target} is not the file that was signed for; what had come of it was thrown away");
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The part, or from a server that knows no parts the whole file, in the place of what had come of it.</summary>
    private async Task FetchPartAsync(Uri address, long from, long count, long length, FileStream into, CancellationToken cancel)
    {
        long start = time.GetTimestamp();
        using CancellationTokenSource slow = new(MetadataLimits.Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(slow.Token, cancel);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.Range = new RangeHeaderValue(from, from + count - 1);
            using HttpResponseMessage response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK) count = BeginWhole(response, address, length, into);
            else RequirePart(response, address, from, count, length);
            Stream body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                byte[] buffer = new byte[BufferSize];
                long come = 0;
                while (true)
                {
                    // As of metadata (channel-tuf.md §3): the least rate on the average, and no long silence.
                    TimeSpan left = MetadataLimits.Patience + TimeSpan.FromSeconds((double)come / MetadataLimits.LeastRate) - time.GetElapsedTime(start);
                    if (left <= TimeSpan.Zero) throw TooSlow(address);
                    slow.CancelAfter(left < MetadataLimits.Patience ? left : MetadataLimits.Patience);
                    int read = await ReadAsync(body, buffer, address, either.Token).ConfigureAwait(false);
                    if (read == 0) break;
                    come += read;
                    if (come > count) throw new TufException(Refusal.EndlessData, "5.7.3", $"more of {address.AbsolutePath} came than was asked for");
                    received += read;
                    await into.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
                    if (count == length) progress?.Invoke(come, length);
                }
                if (come < count) throw Unavailable($"{(count == length ? "" : "a part of ")}{address.AbsolutePath} ended early");
            }
        }
        catch (OperationCanceledException e) when (slow.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw TooSlow(address, e);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw TufException.NotReached(address, "5.7.3", e);
        }
    }

    private static async Task<int> ReadAsync(Stream body, byte[] buffer, Uri address, CancellationToken cancel)
    {
        try
        {
            return await body.ReadAsync(buffer, cancel).ConfigureAwait(false);
        }
        catch (IOException e) // the connection's; the file's is the caller's disk
        {
            throw Unavailable($"{address.AbsolutePath}: {e.Message}", e);
        }
    }

    // RFC 9110 §14.2: who does not know ranges answers with the file.
    private long BeginWhole(HttpResponseMessage response, Uri address, long length, FileStream into)
    {
        if (response.Content.Headers.ContentLength != length)
        {
            throw Unavailable(string.Create(CultureInfo.InvariantCulture,
                $"the server gives {(response.Content.Headers.ContentLength is { } other ? $"{other} bytes" : "a file of no length")} where a part of {address.AbsolutePath}, which has {length}, was asked for"));
        }
        whole?.Invoke();
        into.SetLength(0);
        return length;
    }

    private static void RequirePart(HttpResponseMessage response, Uri address, long from, long count, long length)
    {
        if (response.StatusCode != HttpStatusCode.PartialContent) throw TufException.Answered(response.StatusCode, address, "5.7.3");
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        if (range?.From != from || range.To != from + count - 1 || range.Length != length) throw Unavailable($"the server gives another part of {address.AbsolutePath} than was asked for");
    }

    private static TufException TooSlow(Uri address, Exception? inner = null) =>
        new(Refusal.SlowRetrieval, "5.7.3", $"{address.AbsolutePath} came slower than {MetadataLimits.LeastRate.ToString(CultureInfo.InvariantCulture)} bytes a second", inner);

    private static TufException Unavailable(string what, Exception? inner = null) => new(Refusal.Unavailable, "5.7.3", what, inner);
}
