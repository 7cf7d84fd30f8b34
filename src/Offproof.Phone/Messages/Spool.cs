namespace Offproof.Phone;

/// <summary>There is no room for the spool: no fault of the file that is being read.</summary>
sealed class SpoolException(string message, Exception inner) : IOException(message, inner);

/// <summary>Lines between the first reading of the sources and their storage: a temporary file that only this process can open, and that has no name any more.</summary>
sealed class Spool : IDisposable
{
    readonly FileStream _file;
    readonly byte[] _buffer = new byte[1 << 18];
    int _pending;
    long _written;

    internal Spool()
    {
        string path = Path.Combine(Path.GetTempPath(), "offproof-" + Guid.NewGuid().ToString("N"));
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (OperatingSystem.IsWindows()) options.Options = FileOptions.DeleteOnClose;
        else options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows()) File.Delete(path);
    }

    /// <summary>Adds bytes and returns where they stand.</summary>
    internal long Add(ReadOnlySpan<byte> bytes)
    {
        long at = _written + _pending;
        if (bytes.Length > _buffer.Length - _pending) Flush();
        if (bytes.Length > _buffer.Length)
        {
            Write(bytes);
        }
        else
        {
            bytes.CopyTo(_buffer.AsSpan(_pending));
            _pending += bytes.Length;
        }
        return at;
    }

    internal void Flush()
    {
        if (_pending == 0) return;
        Write(_buffer.AsSpan(0, _pending));
        _pending = 0;
    }

    void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, _written);
        }
        catch (IOException problem)
        {
            throw new SpoolException("what was read does not fit into the folder for temporary files: " + problem.Message, problem);
        }
        _written += bytes.Length;
    }

    internal int Read(Span<byte> into, long offset) => RandomAccess.Read(_file.SafeFileHandle, into, offset);

    public void Dispose() => _file.Dispose();
}
