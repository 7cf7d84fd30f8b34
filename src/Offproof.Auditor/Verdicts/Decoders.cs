namespace Offproof.Auditor;

/// <summary>Undoes one named step wherever it could apply in bytes.</summary>
internal sealed class Decoders : IDisposable
{
    private const int Limit = 1 << 20;

    private readonly Compressed _compressed = new();
    private readonly LzString _lz = new();
    private readonly Output _output = new();

    public void Dispose() => _compressed.Dispose();

    /// <summary>Which bytes it was undone in, and what came out; the likeliest first.</summary>
    internal IEnumerable<(int Start, int Length, byte[] Made)> Undo(string step, byte[] bytes) => step switch
    {
        "url" => Runs(bytes, CanaryExaminer.AroundPercent, [Percent(plus: false), Percent(plus: true)]),
        "entity" => Runs(bytes, CanaryExaminer.AroundEntity, [static (run, to) => Escapes.Entity(run, to)]),
        "escape" => Runs(bytes, CanaryExaminer.AroundWide, [static (run, to) => Escapes.Backslash(run, to)]),
        "quoted-printable" => Whole(bytes, static (run, to) => Escapes.QuotedPrintable(run, to)),
        "utf-16" or "utf-32" => Whole(bytes, static (run, to) => Unicode.Guess(run) is { } wide && Unicode.TryDecode(run, wide, to)),
        "gzip" or "zlib" or "zstd" or "zip" => Marked(step, bytes),
        "deflate" => Whole(bytes, (run, to) => _compressed.Inflate(run, to, Limit, out _) != Ending.Broken || to.Count > 0),
        "br" => Whole(bytes, static (run, to) => Compressed.Unbrotli(run, to, Limit, out _) != Ending.Broken || to.Count > 0),
        "lz-string" => [.. Tokens(bytes, (run, to) => _lz.FromBase64(run, to, Limit)), .. Whole(bytes, (run, to) => _lz.FromBytes(run, to, Limit)), .. Runs(bytes, CanaryExaminer.AroundWide, [(run, to) => _lz.FromUtf16(run, to, Limit)])],
        "reversed" => [.. Tokens(bytes, Backwards), .. Whole(bytes, Backwards)],
        "base16" => Tokens(bytes, Hex(0), Hex(1)),
        "base64" => Tokens(bytes, Base64(0), Base64(1), Base64(2), Base64(3)),
        _ => step.StartsWith("xor 0x", StringComparison.Ordinal) && byte.TryParse(step.AsSpan(6), System.Globalization.NumberStyles.HexNumber, null, out byte key)
            ? Whole(bytes, (run, to) =>
            {
                Xor.Apply(run, key, to);
                return true;
            })
            : Other(step, bytes),
    };

    private delegate bool Undoing(ReadOnlySpan<byte> run, Output to);

    private IEnumerable<(int, int, byte[])> Other(string step, byte[] bytes)
    {
        foreach ((byte[] table, string name) in CanaryExaminer.Base32Alphabets)
            if (name == step) return Tokens(bytes, (run, to) => BaseN.TryBase32(run, table, to));
        foreach ((byte[] table, string name) in CanaryExaminer.Base58Alphabets)
            if (name == step) return Tokens(bytes, (run, to) => run.Length <= CanaryExaminer.LongestBase58 && BaseN.TryBase58(run, table, to));
        return Permutation.All.FirstOrDefault(permutation => permutation.Name == step) is { } known ? Tokens(bytes, known.Apply).Concat(Whole(bytes, known.Apply)) : [];
    }

    private static Undoing Percent(bool plus) => (run, to) => Escapes.Percent(run, to, plus);

    private static Undoing Base64(int skip) => (run, to) => run.Length > skip + 3 && BaseN.TryBase64(run[skip..], to);

    private static Undoing Hex(int skip) => (run, to) =>
    {
        byte[] digits = [.. run[skip..].ToArray().Where(static c => c != '-')];
        return digits.Length >= 2 && BaseN.IsHex(digits) && BaseN.TryHex(digits, to);
    };

    private static bool Backwards(ReadOnlySpan<byte> run, Output to)
    {
        byte[] turned = run.ToArray();
        turned.AsSpan().Reverse();
        to.Add(turned);
        return true;
    }

    // All of it; its longest runs of a token's characters; what stands between the separators within these; and all of it without dots, blanks and line ends.
    private IEnumerable<(int, int, byte[])> Tokens(byte[] bytes, params IReadOnlyList<Undoing> ways)
    {
        List<(int Start, int Length)> places = [];
        if (bytes.AsSpan().IndexOfAnyExcept(Letters) < 0) places.Add((0, bytes.Length));
        Runs runs = new(bytes, 8);
        while (runs.MoveNext())
        {
            places.Add((runs.Start, runs.End - runs.Start));
            for (int from = runs.Start; from < runs.End;)
            {
                int length = bytes.AsSpan(from, runs.End - from).IndexOfAny("/-_+"u8) is var end and >= 0 ? end : runs.End - from;
                if (length >= 8 && length < runs.End - runs.Start) places.Add((from, length));
                from += length + 1;
            }
        }
        foreach ((int start, int length) in places.Distinct())
        {
            foreach (Undoing way in ways)
                if (Made(way, bytes.AsSpan(start, length)) is { } made) yield return (start, length, made);
        }
        byte[] joined = [.. bytes.Where(static c => c is not ((byte)'.' or (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t'))];
        if (joined.Length == bytes.Length || joined.AsSpan().IndexOfAnyExcept(Letters) >= 0) yield break;
        foreach (Undoing way in ways)
            if (Made(way, joined) is { } made) yield return (0, bytes.Length, made);
    }

    private static readonly System.Buffers.SearchValues<byte> Letters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="u8);

    private IEnumerable<(int, int, byte[])> Whole(byte[] bytes, Undoing way)
    {
        if (Made(way, bytes) is { } made) yield return (0, bytes.Length, made);
    }

    // Values between what stands around them, and all of it.
    private IEnumerable<(int, int, byte[])> Runs(byte[] bytes, System.Buffers.SearchValues<byte> around, IReadOnlyList<Undoing> ways)
    {
        foreach (Undoing way in ways)
        {
            for (int from = 0; from < bytes.Length;)
            {
                int length = bytes.AsSpan(from).IndexOfAny(around) is var end and >= 0 ? end : bytes.Length - from;
                if (length >= 3 && length < bytes.Length && Made(way, bytes.AsSpan(from, length)) is { } made) yield return (from, length, made);
                from += length + 1;
            }
            if (Made(way, bytes) is { } all) yield return (0, bytes.Length, all);
        }
    }

    // Formats that begin with a mark, wherever it stands.
    private IEnumerable<(int, int, byte[])> Marked(string step, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length - 5; at++)
        {
            if (Unpacked(step, bytes.AsSpan(at)) is not var (used, made)) continue;
            yield return (at, used, made);
        }
    }

    private (int Used, byte[] Made)? Unpacked(string step, ReadOnlySpan<byte> bytes)
    {
        _output.Clear();
        int used;
        switch (step)
        {
            case "gzip" when bytes.StartsWith(Compressed.Gzip):
                _compressed.Ungzip(bytes, _output, Limit, out used);
                break;
            case "zstd" when bytes.StartsWith(Compressed.Zstd):
                _compressed.Unzstd(bytes, _output, Limit, out used);
                break;
            case "zlib" when Compressed.IsZlib(bytes):
                _compressed.Unzlib(bytes, _output, Limit, out used);
                break;
            case "zip" when bytes.StartsWith("PK\x3\x4"u8) && bytes.Length >= 30:
                int header = 30 + bytes[26] + (bytes[27] << 8) + bytes[28] + (bytes[29] << 8);
                if (header > bytes.Length) return null;
                _compressed.Inflate(bytes[header..], _output, Limit, out used);
                used += header;
                break;
            default:
                return null;
        }
        return _output.Count == 0 ? null : (used, _output.Written.ToArray());
    }

    private byte[]? Made(Undoing way, ReadOnlySpan<byte> run) => way(run, _output.Clear()) && _output.Count > 0 ? _output.Written.ToArray() : null;
}
