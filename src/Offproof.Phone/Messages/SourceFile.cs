namespace Offproof.Phone;

/// <summary>One file of the sources, or what is inside of an encrypted one.</summary>
/// <param name="Name">As the source was given, with '/' separators below it.</param>
/// <param name="Raw">Opens its bytes, seekable, at the start. The caller owns the stream.</param>
sealed record SourceFile(string Name, Func<Stream> Raw)
{
    Utf16Map? _map;

    /// <summary>The source itself, and not one of the files below it.</summary>
    internal bool IsNamed { get; init; }

    /// <summary>Known once the file was opened as text.</summary>
    internal bool IsUtf16 => _map is { IsUtf16: true };

    /// <summary>Opens a text as UTF-8.</summary>
    internal Stream Open() => OpenAt(0);

    /// <summary>Opens a text as UTF-8, from a position that a reader of <see cref="Open"/> was at.</summary>
    internal Stream OpenAt(long offset)
    {
        Stream raw = Raw();
        try
        {
            _map ??= Utf16Map.Detect(raw);
            if (_map is { IsUtf16: true }) return new Utf16Source(raw, _map, offset);
            raw.Position = offset;
            return raw;
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    internal static FileStream OpenFile(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
}
