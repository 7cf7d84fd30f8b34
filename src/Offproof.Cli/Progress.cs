using System.Diagnostics;
using System.Globalization;
using Offproof.Vault;

namespace Offproof.Cli;

/// <summary>One line on stderr, redrawn four times a second, with rate and remaining time; nothing at all without a terminal.</summary>
internal sealed class Progress : IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);
    private readonly string what;
    private readonly bool visible = !Console.IsErrorRedirected;
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly Lock drawing = new();
    private long drawn;
    private bool ended;

    internal Progress(string what) => this.what = what;

    internal IProgress<BackupProgress> Backup => new Reader<BackupProgress>(p => Draw(p.FilesDone, p.FilesTotal, p.BytesDone, p.BytesTotal));

    internal IProgress<RestoreProgress> Restore => new Reader<RestoreProgress>(p => Draw(p.FilesDone, p.FilesTotal, p.BytesDone, p.BytesTotal));

    internal IProgress<CheckProgress> Check => new Reader<CheckProgress>(p => Draw(p.PacksDone, p.PacksTotal, "packs"));

    internal IProgress<PruneProgress> Prune => new Reader<PruneProgress>(p => Draw(p.Done, p.Total, "files"));

    /// <summary>Bytes that are there, and bytes in all.</summary>
    internal void Report(long done, long total) => Draw(done == total ? 1 : 0, 1, done, total);

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        lock (drawing)
        {
            if (visible && drawn != 0 && !ended) Console.Error.Write("\r\x1b[K");
            ended = true;
        }
    }

    internal static string Line(string what, long files, long? filesTotal, long bytes, long? bytesTotal, TimeSpan elapsed)
    {
        double rate = elapsed.TotalSeconds > 0 ? bytes / elapsed.TotalSeconds : 0;
        string total = filesTotal is { } f ? string.Create(CultureInfo.InvariantCulture, $"{files}/{f} files") : string.Create(CultureInfo.InvariantCulture, $"{files} files");
        string size = bytesTotal is { } b ? $"{Terminal.Size(bytes)} of {Terminal.Size(b)}" : Terminal.Size(bytes);
        string left = bytesTotal is { } all && rate > 0 && all >= bytes
            ? string.Create(CultureInfo.InvariantCulture, $", {TimeSpan.FromSeconds((all - bytes) / rate):h\\:mm\\:ss} left")
            : "";
        return $"{what}: {total}, {size}, {Terminal.Size((long)rate)}/s{left}";
    }

    private void Draw(long files, long? filesTotal, long bytes, long? bytesTotal) =>
        Draw(() => Line(what, files, filesTotal, bytes, bytesTotal, Stopwatch.GetElapsedTime(start)));

    private void Draw(long done, long total, string things) =>
        Draw(() => string.Create(CultureInfo.InvariantCulture, $"{what}: {done}/{total} {things}"));

    private void Draw(Func<string> line)
    {
        if (!visible) return;
        lock (drawing)
        {
            if (ended || (drawn != 0 && Stopwatch.GetElapsedTime(drawn) < Redraw)) return;
            drawn = Stopwatch.GetTimestamp();
            Console.Error.Write($"\r{line()}\x1b[K");
        }
    }

    /// <summary>Reports on the caller's thread: System.Progress would queue and draw out of order.</summary>
    private sealed class Reader<T>(Action<T> draw) : IProgress<T>
    {
        public void Report(T value) => draw(value);
    }
}
