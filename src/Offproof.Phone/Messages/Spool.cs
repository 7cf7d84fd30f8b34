namespace Offproof.Phone;

/// <summary>There is no room for the spool: no fault of the file that is being read.</summary>
sealed class SpoolException(string message, Exception inner) : IOException(message, inner);

/// <summary>
/// Lines between the first reading of the sources and their storage. What does not fit into a small buffer goes to a temporary file that only this process
/// can open, and that has no name any more.
/// </summary>
sealed class Spool : IDisposable
{
    const int MostBuffered = 1 << 18;

    readonly ByteBuffer _buffer = new();
    FileStream? _file;
    long _written;

    /// <summary>Adds bytes and returns where they stand.</summary>
    internal long Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBuffered - _buffer.Length) Flush();
        long at = _written + _buffer.Length;
        if (bytes.Length > MostBuffered) Write(bytes);
        else _buffer.Add(bytes);
        return at;
    }

    void Flush()
    {
        if (_buffer.Length == 0) return;
        Write(_buffer.Span);
        _buffer.Cut(0);
    }

    void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file ??= Create();
            RandomAccess.Write(_file.SafeFileHandle, bytes, _written);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SpoolException("what is read does not fit into the folder for temporary files: " + problem.Message, problem);
        }
        _written += bytes.Length;
    }

    static FileStream Create()
    {
        string path = Path.Combine(Path.GetTempPath(), "offproof-" + Guid.NewGuid().ToString("N"));
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (OperatingSystem.IsWindows()) options.Options = FileOptions.DeleteOnClose;
        else options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream file = new(path, options);
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        return file;
    }

    /// <summary>Reads what stands at <paramref name="offset"/>, perhaps less than there is room for; 0 only behind the end.</summary>
    internal int Read(Span<byte> into, long offset)
    {
        if (offset < _written) return RandomAccess.Read(_file!.SafeFileHandle, into[..(int)Math.Min(into.Length, _written - offset)], offset);
        int at = (int)(offset - _written);
        int count = Math.Min(into.Length, Math.Max(0, _buffer.Length - at));
        _buffer.Slice(at, count).CopyTo(into);
        return count;
    }

    public void Dispose() => _file?.Dispose();
}
