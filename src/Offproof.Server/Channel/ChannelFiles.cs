using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Primitives;

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

    static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/");
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
        FileInfo file = new(Path.Combine(root, name));
        if (!file.Exists || IsLinked(name, file)) return Problem.Of(Refusal.NotFound).ExecuteAsync(context);
        var headers = context.Response.Headers;
        headers.CacheControl = IsReplaced(name) ? Never : Forever;
        headers.ContentType = name.EndsWith(".json", StringComparison.Ordinal) ? Json : Bytes;
        if (context.Request.Headers.Range is [{ } range]) return PartAsync(context, file, range, head);
        if (head)
        {
            context.Response.ContentLength = file.Length;
            return Task.CompletedTask;
        }

        if (file.Length > MostKept)
        {
            context.Response.ContentLength = file.Length;
            return context.Response.SendFileAsync(file.FullName, 0, file.Length, context.RequestAborted);
        }

        byte[] content = Content(name, file);
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    // For `updates fetch` (channel.md §8): one range, as RFC 9110 §14.1.2 writes it with both ends.
    static Task PartAsync(HttpContext context, FileInfo file, string range, bool head)
    {
        if (!TryRange(range, file.Length, out long from, out long count))
        {
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Length}");
            return Problem.Of(Refusal.Range).ExecuteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.ContentLength = count;
        context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{from + count - 1}/{file.Length}");
        return head ? Task.CompletedTask : context.Response.SendFileAsync(file.FullName, from, count, context.RequestAborted);
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

    // Whoever writes the folder must not read by it what only this process may: nothing is served through a link, the folder's own path excepted.
    bool IsLinked(string name, FileInfo file)
    {
        if (file.LinkTarget is not null) return true;
        for (int slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            if (File.GetAttributes(Path.Combine(root, name[..slash])).HasFlag(FileAttributes.ReparsePoint)) return true;
        }

        return false;
    }

    // A name says what it is: only these four are ever replaced.
    static bool IsReplaced(string name) => name is "timestamp.json" or "roots.bin.zst" or "log/checkpoint" or "trust.json";

    internal static bool IsName(string name) => name.Length is > 0 and <= MostPath && !name.AsSpan().ContainsAnyExcept(Letters)
        && name[0] is not ('.' or '/') && name[^1] != '/' && !name.Contains("/.", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal);

    byte[] Content(string name, FileInfo file)
    {
        // Looked at again for each request: publishing renames a new file into its place.
        if (kept.TryGetValue(name, out var known) && known.Written == file.LastWriteTimeUtc && known.Bytes.Length == file.Length) return known.Bytes;
        byte[] read = File.ReadAllBytes(file.FullName);
        if (read.Length != file.Length) return read; // replaced meanwhile: whole, but not the one that was looked at
        if (Interlocked.Add(ref total, read.Length) > MostKeptInAll)
        {
            kept.Clear();
            Interlocked.Exchange(ref total, read.Length);
        }

        kept[name] = new(read, file.LastWriteTimeUtc);
        return read;
    }

    sealed record Kept(byte[] Bytes, DateTime Written);
}
