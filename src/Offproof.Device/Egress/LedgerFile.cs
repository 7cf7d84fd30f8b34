using System.Globalization;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The two files of a ledger (ledger.md §2, §4). .NET's way to open a file takes a lock on Unix whatever the sharing mode, so both are held open no longer than one read or
/// write takes: a person who looks at the ledger page by page must not keep the device from writing it.
/// </summary>
internal sealed class LedgerFile(HomeFolder home, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan PatienceForTheLock = TimeSpan.FromSeconds(10);

    internal string Path => home.Ledger;

    internal bool Exists => File.Exists(home.Ledger);

    /// <summary>Alone, for one append.</summary>
    internal FileStream OpenToAppend(CancellationToken cancel) => Open(FileMode.OpenOrCreate, FileAccess.ReadWrite, cancel);

    /// <summary>The length of the ledger and its head, of one moment; null where there is no head.</summary>
    internal (long Length, string? Head) Measure()
    {
        if (!Exists) return (0, ReadHead());
        using FileStream file = Open(FileMode.Open, FileAccess.Read, CancellationToken.None);
        return (file.Length, ReadHead());
    }

    /// <summary>Bytes from some place on; 0 where the file ends before it.</summary>
    internal int Read(long offset, Span<byte> into)
    {
        using FileStream file = Open(FileMode.Open, FileAccess.Read, CancellationToken.None);
        file.Position = offset;
        return file.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
    }

    internal void Flush()
    {
        using FileStream file = Open(FileMode.Open, FileAccess.ReadWrite, CancellationToken.None);
        file.Flush(flushToDisk: true);
    }

    /// <returns>The text without its line feed; null where there is none.</returns>
    internal string? ReadHead()
    {
        if (!File.Exists(home.LedgerHead)) return null;
        using FileStream file = new(home.LedgerHead, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        Span<byte> text = stackalloc byte[128]; // more than a head has
        return Encoding.Latin1.GetString(text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)]).TrimEnd('\n');
    }

    /// <summary>While the ledger is held alone.</summary>
    internal void WriteHead(LedgerHead head)
    {
        using FileStream file = new(home.LedgerHead, Options(FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite));
        byte[] text = Encoding.ASCII.GetBytes(head.Text + "\n");
        file.Write(text); // in one go, and shorter than before only after a gap
        if (file.Length > text.Length) file.SetLength(text.Length);
    }

    private FileStream Open(FileMode mode, FileAccess access, CancellationToken cancel)
    {
        FileStreamOptions options = Options(mode, access, FileShare.None);
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(home.Ledger, options);
            }
            catch (IOException e) when (e.HResult is 11 or 35 or unchecked((int)0x80070020)) // EWOULDBLOCK of Linux and of macOS, a sharing violation of Windows
            {
                if (time.GetElapsedTime(start) >= PatienceForTheLock)
                    throw new IOException(string.Create(CultureInfo.InvariantCulture, $"another process has held it for {PatienceForTheLock.TotalSeconds} s"), e);
            }
            cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(1));
            cancel.ThrowIfCancellationRequested();
        }
    }

    private static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        FileStreamOptions options = new() { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode == FileMode.OpenOrCreate) options.UnixCreateMode = OwnerOnly;
        return options;
    }
}
