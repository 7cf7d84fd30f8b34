using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Offproof.Server;

/// <summary>
/// channel.md §1: the files of a folder, as they are, to anybody. Nothing here tells one caller from another: no session, no ETag, no date of a file, no condition is
/// looked at, nothing is logged, and no caller is counted. Only names of the channel's alphabet are looked up, so that no path leads out of the folder.
/// </summary>
sealed class ChannelFiles(string folder)
{
    const string Prefix = "/channel/";
    const int MostPath = 300;
    const int MostKept = 4 * 1024 * 1024;
    const long MostKeptInAll = 64 * 1024 * 1024;
    const int Step = 128 * 1024;

    static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+/");
    static readonly StringValues Forever = "public, max-age=31536000, immutable";
    static readonly StringValues Never = "no-cache";
    static readonly StringValues Json = "application/json";
    static readonly StringValues Bytes = "application/octet-stream";

    readonly string root = Path.GetFullPath(folder);
    readonly ConcurrentDictionary<string, Kept> kept = new(StringComparer.Ordinal);
    long total;

    internal Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        context.Request.Path.Value is { } path && path.StartsWith(Prefix, StringComparison.Ordinal) ? AnswerAsync(context, path[Prefix.Length..]) : next(context);

    Task AnswerAsync(HttpContext context, string name)
    {
        bool head = HttpMethods.IsHead(context.Request.Method);
        if (!head && !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return Problem.Of(Refusal.Method).ExecuteAsync(context);
        }

        if (!IsName(name)) return Problem.Of(Refusal.NotFound).ExecuteAsync(context);
        var headers = context.Response.Headers;
        headers.CacheControl = IsReplaced(name) ? Never : Forever;
        headers.ContentType = name.EndsWith(".json", StringComparison.Ordinal) ? Json : Bytes;
        string? range = context.Request.Headers.Range is [{ } one] ? one : null;
        if (!head && range is null && TryKept(name) is { } content) return WholeAsync(context, content);
        if (ServedFile.TryOpen(root, name) is not { } file)
        {
            headers.Clear();
            return Problem.Of(Refusal.NotFound).ExecuteAsync(context);
        }

        return OpenedAsync(context, name, file, range, head);
    }

    async Task OpenedAsync(HttpContext context, string name, SafeFileHandle file, string? range, bool head)
    {
        using (file)
        {
            long length = RandomAccess.GetLength(file), from = 0, count = length;
            if (range is not null)
            {
                // For `updates fetch` (channel.md §8): one range, as RFC 9110 §14.1.2 writes it with both ends.
                if (!TryRange(range, length, out from, out count))
                {
                    context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
                    await Problem.Of(Refusal.Range).ExecuteAsync(context);
                    return;
                }

                context.Response.StatusCode = StatusCodes.Status206PartialContent;
                context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{from + count - 1}/{length}");
            }

            context.Response.ContentLength = count;
            if (head) return;
            if (range is null && length <= MostKept) await WholeAsync(context, Keep(name, file, (int)length));
            else await SendAsync(context, file, from, count);
        }
    }

    static Task WholeAsync(HttpContext context, byte[] content)
    {
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    static async Task SendAsync(HttpContext context, SafeFileHandle file, long from, long count)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(count, Step));
        try
        {
            for (int read; count > 0; from += read, count -= read)
            {
                read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), from, context.RequestAborted);
                if (read == 0) throw new IOException("a file of the channel became shorter while it was served");
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static bool TryRange(string text, long length, out long from, out long count)
    {
        (from, count) = (0, 0);
        if (!text.StartsWith("bytes=", StringComparison.Ordinal) || text[6..].Split('-') is not [var first, var last]) return false;
        if (!long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out from) || from >= length) return false;
        if (!long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long end) || end < from) return false;
        count = Math.Min(end, length - 1) - from + 1;
        return true;
    }

    // A name says what it is: only these four are ever replaced.
    static bool IsReplaced(string name) => name is "timestamp.json" or "roots.bin.zst" or "log/checkpoint" or "trust.json";

    internal static bool IsName(string name) => name.Length is > 0 and <= MostPath && !name.AsSpan().ContainsAnyExcept(Letters)
        && name[0] is not ('.' or '/') && name[^1] != '/' && !name.Contains("/.", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal);

    // Looked at again for each request: publishing renames a new file into its place. What is kept was read from an opened file of that name, so a link in its place shows nothing else.
    byte[]? TryKept(string name) => kept.TryGetValue(name, out var known) && new FileInfo(Path.Combine(root, name)) is { Exists: true } file
        && known.Written == file.LastWriteTimeUtc && known.Bytes.Length == file.Length ? known.Bytes : null;

    byte[] Keep(string name, SafeFileHandle file, int length)
    {
        byte[] read = new byte[length];
        DateTime written = File.GetLastWriteTimeUtc(file);
        for (int at = 0; at < length;)
        {
            int count = RandomAccess.Read(file, read.AsSpan(at), at);
            if (count == 0) throw new IOException("a file of the channel became shorter while it was read");
            at += count;
        }

        if (Interlocked.Add(ref total, length) > MostKeptInAll)
        {
            kept.Clear();
            Interlocked.Exchange(ref total, length);
        }

        kept[name] = new(read, written);
        return read;
    }

    sealed record Kept(byte[] Bytes, DateTime Written);
}
