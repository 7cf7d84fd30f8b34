using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// Writes the ledger of a home (ledger.md §2-§4): every line under an exclusive lock, hashed onto the line before it, and with the operating system before this
/// returns. Several processes write one ledger, so the end of the file is looked at again whenever it is not where this one left it.
/// </summary>
internal sealed class Ledger(HomeFolder home, TimeProvider time)
{
    private readonly LedgerFile ledger = new(home, time);
    private readonly Lock alone = new();
    private readonly HashSet<LedgerHead> shown = [];
    private LedgerEnd? known;
    private bool isDurable = true;

    /// <summary>The line of a request, before anything is done for it.</summary>
    /// <param name="host"><c>NAME:PORT</c></param>
    /// <param name="purpose">Why</param>
    /// <param name="method">Its method</param>
    /// <param name="path">Its path, fit for others to read</param>
    /// <param name="showsHead">True where the head goes out with it: it must then survive a loss of power</param>
    /// <param name="via">The proxy it goes through, <c>NAME:PORT</c>; null where none was named</param>
    /// <param name="cancel">Ends the wait for another process</param>
    /// <exception cref="DeviceException">It could not be written: the request must not be sent.</exception>
    internal LedgerHead Request(string host, Purpose purpose, HttpMethod method, string path, bool showsHead, string? via, CancellationToken cancel)
    {
        LedgerHead head = Append(new LedgerLine(0, Host: host, Purpose: purpose.Name, Grant: purpose.Grant?.Text, Method: method.Method, Path: path, Via: via), showsHead, cancel);
        if (!showsHead) return head;
        lock (alone) shown.Add(head);
        return head;
    }

    /// <summary>What became of a request. Where this cannot be written the request stays without an outcome, as after a kill, and the next request says why.</summary>
    internal void Outcome(long of, Meter meter, int? status, string? failure)
    {
        try
        {
            Append(new LedgerLine(0, Of: of, Sent: meter.Sent, Received: meter.Received, Status: status, Failure: failure), durable: false, CancellationToken.None);
        }
        catch (DeviceException)
        {
            // The answer is here and true. Nothing further is sent without a line.
        }
    }

    /// <summary>A token that leaves this program for another one.</summary>
    /// <exception cref="DeviceException">It could not be written: the token must not be given out.</exception>
    internal void HandedOut(string host, Category category, Digest grant, bool adds, DateTimeOffset until) =>
        Append(new LedgerLine(0, Host: host, Purpose: category.Name(), Grant: grant.Text, Handed: adds ? "add" : "read", Until: until), durable: true, CancellationToken.None);

    /// <summary>True for a head that went out with a request of this process: what a server may give back.</summary>
    internal bool HasShown(LedgerHead head)
    {
        lock (alone) return shown.Contains(head);
    }

    /// <summary>Forces what was written to the disk, at the end of a command.</summary>
    internal void Flush()
    {
        lock (alone)
        {
            if (isDurable) return;
            try
            {
                ledger.Flush();
                isDurable = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The home is gone, or closed to us: what was written to it can be no safer.
            }
        }
    }

    private LedgerHead Append(LedgerLine line, bool durable, CancellationToken cancel)
    {
        lock (alone)
        {
            try
            {
                return AppendAlone(line, durable, cancel);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                known = null;
                throw new DeviceException(DeviceFault.Failure, $"{ledger.Path} could not be written, and nothing is sent that it does not name: {e.Message}",
                    "make room, or make the folder writable; nothing was lost. With --sheet, another --home does without a ledger", e);
            }
        }
    }

    private LedgerHead AppendAlone(LedgerLine line, bool durable, CancellationToken cancel)
    {
        bool isNew = !ledger.Exists;
        using FileStream file = ledger.OpenToAppend(cancel);
        LedgerEnd end = known is { } left && left.Length == file.Length ? left : LedgerEnd.Find(file, ledger.ReadHead());
        using MemoryStream bytes = new();
        if (!end.IsEnded) bytes.WriteByte((byte)'\n');
        LedgerHead? head = end.Last;
        if (end.Torn is { } torn) head = Add(new LedgerLine(0, Torn: torn));
        if (end.Lost is { } lost) head = Add(new LedgerLine(0, Gap: lost.Text));
        LedgerHead written = Add(line);
        try
        {
            file.Position = end.Length;
            file.Write(bytes.GetBuffer(), 0, (int)bytes.Length);
            if (durable || isNew) file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            TakeBack(file, end.Length);
            throw;
        }
        if (isNew) DirectorySync.Flush(home.Root);
        ledger.WriteHead(written);
        isDurable = durable || isNew;
        known = new LedgerEnd(end.Length + bytes.Length, written);
        return written;

        LedgerHead Add(LedgerLine next)
        {
            byte[] text = (next with { Seq = (head?.Seq ?? 0) + 1, Time = time.GetUtcNow(), Prev = head?.Hash.Text ?? LedgerLine.NoLineBefore }).ToBytes();
            if (text.Length > LedgerLine.MostBytes) throw new InvalidOperationException("a line of the ledger is too long");
            bytes.Write(text);
            bytes.WriteByte((byte)'\n');
            head = new LedgerHead((head?.Seq ?? 0) + 1, Digest.Of(text));
            return head.Value;
        }
    }

    /// <summary>What was not written whole had not been a line: the lock is held, so nobody has seen it.</summary>
    private static void TakeBack(FileStream file, long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (IOException)
        {
            // Then it is a torn line, and the next one says so.
        }
    }
}
