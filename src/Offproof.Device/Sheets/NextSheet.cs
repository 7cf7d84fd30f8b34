using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The file of a sheet that is to take another's place. It is written before the server is told: a sheet that the account has and nobody wrote down would close everything. So a
/// run that was killed leaves a beginning, which says by its line `# succeeds:` whose place it was made for, and the next run with the same files goes on with it.
/// </summary>
internal sealed class NextSheet : IDisposable
{
    private readonly string file;
    private bool written;

    private NextSheet(string file, Sheet sheet, bool written)
    {
        (this.file, Sheet) = (file, sheet);
        WasThere = this.written = written;
    }

    internal Sheet Sheet { get; }

    /// <summary>True where an earlier run had written it.</summary>
    internal bool WasThere { get; }

    /// <exception cref="DeviceException">The file exists and is not a beginning for this place; it was not touched.</exception>
    internal static NextSheet Open(string file, Uri server, Thumbprint serverKey, Thumbprint account, Thumbprint succeeds)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            throw new DeviceException(DeviceFault.Failure, $"there is no folder {folder} to write the sheet into", "nothing was made");
        if (!Path.Exists(file)) return new NextSheet(file, Sheet.GenerateNext(server, serverKey, account, succeeds), written: false);
        DeviceException exists = new(DeviceFault.Refused, $"{file} exists and is not overwritten: it may be an account's only sheet", "name another file for the new sheet");
        Sheet? there = null;
        try
        {
            there = Sheet.Read(file);
            if (there.Account == account && there.ServerKey == serverKey && there.Succeeds == succeeds) return new NextSheet(file, there, written: true);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.WrongSheet)
        {
            throw exists;
        }
        there.Dispose();
        throw exists;
    }

    /// <summary>On the disk, durably, before anybody is told of it.</summary>
    internal void Write(DateTimeOffset created)
    {
        if (written) return;
        Sheet.WriteNew(file, created);
        written = true;
    }

    /// <summary>The server refused: a sheet that this run wrote is nobody's. One that an earlier run wrote may have been taken by then, and stays.</summary>
    internal void Undo()
    {
        if (written && !WasThere) File.Delete(file);
    }

    public void Dispose() => Sheet.Dispose();
}
