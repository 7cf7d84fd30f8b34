using System.Security.Cryptography;
using ZstdSharp.Unsafe;

namespace Offproof.Channel;

/// <summary>What became of applying a delta.</summary>
public enum DeltaResult
{
    /// <summary>The file that came out has the length and hash that the notice says.</summary>
    Done,

    /// <summary>The installed file is not the one that the delta starts from.</summary>
    OtherSource,

    /// <summary>It wants more memory than a device gives it: the full payload is the way.</summary>
    TooLarge,

    /// <summary>It is damaged, or something else came out.</summary>
    Broken,
}

/// <summary>
/// Updates made of an older file and a zstd frame that refers to it, as <c>zstd --patch-from</c> makes and opens them (channel.md §5.2). The older file is the frame's
/// prefix (RFC 8878 §5), mapped and not read; what comes out streams into a file, so memory is bounded by the frame's window.
/// </summary>
public static unsafe class Delta
{
    /// <summary>The longest update that comes out of a delta: 256 MiB, which is also the most memory that applying it takes.</summary>
    public const long MostBytes = 1L << MostWindowLog;

    /// <summary>The longest file to start from: 1 GiB.</summary>
    public const long MostFrom = 1L << 30;

    private const int MostWindowLog = 28;
    private const int LeastWindowLog = 10;
    private const int LdmRateLog = 6;
    private const int Portion = 1 << 20;

    // Beyond this length the strongest level costs minutes, and long-distance matching alone finds what files share.
    private const long MostStrong = 16 << 20;

    /// <summary>Makes the delta from one file to another.</summary>
    /// <returns>False where either is longer than a delta can be.</returns>
    public static bool TryMake(string oldFile, string newFile, string deltaFile)
    {
        using MappedFile old = MappedFile.Open(oldFile), made = MappedFile.Open(newFile);
        if (old.Length > MostFrom || made.Length > MostBytes) return false;
        ZSTD_CCtx_s* context = Methods.ZSTD_createCCtx();
        try
        {
            Set(ZSTD_cParameter.ZSTD_c_compressionLevel, old.Length + made.Length > MostStrong ? 9 : 19);
            // A prefix can be referred to until the window has passed it, so a window of the new file's length reaches all of the old one.
            Set(ZSTD_cParameter.ZSTD_c_windowLog, Math.Clamp(64 - (int)ulong.LeadingZeroCount((ulong)made.Length), LeastWindowLog, MostWindowLog));
            Set(ZSTD_cParameter.ZSTD_c_enableLongDistanceMatching, 1);
            if (old.Length + made.Length > MostStrong)
            {
                // The usual table has room for one window: of an older file that is longer, its end alone.
                Set(ZSTD_cParameter.ZSTD_c_ldmHashRateLog, LdmRateLog);
                Set(ZSTD_cParameter.ZSTD_c_ldmHashLog, 64 - (int)ulong.LeadingZeroCount((ulong)(old.Length + made.Length) >> LdmRateLog));
            }
            Set(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            Checked(Methods.ZSTD_CCtx_setPledgedSrcSize(context, (ulong)made.Length));
            Checked(Methods.ZSTD_CCtx_refPrefix(context, old.Start, (nuint)old.Length));
            using FileStream output = new(deltaFile, FileMode.Create, FileAccess.Write);
            byte[] buffer = new byte[Portion];
            ZSTD_inBuffer_s input = new() { src = made.Start, size = (nuint)made.Length };
            fixed (byte* start = buffer)
            {
                for (nuint left = 1; left != 0;)
                {
                    ZSTD_outBuffer_s target = new() { dst = start, size = Portion };
                    left = Checked(Methods.ZSTD_compressStream2(context, &target, &input, ZSTD_EndDirective.ZSTD_e_end));
                    output.Write(buffer, 0, (int)target.pos);
                }
            }
            output.Flush(flushToDisk: true);
            return true;
        }
        finally
        {
            Methods.ZSTD_freeCCtx(context);
        }

        void Set(ZSTD_cParameter parameter, int value) => Checked(Methods.ZSTD_CCtx_setParameter(context, parameter, value));
    }

    /// <summary>Makes the update that a notice promises. Only what has its length and hash stays in <paramref name="newFile"/>; else there is no such file.</summary>
    /// <param name="payload">A delta of a notice</param>
    /// <param name="oldFile">The installed file</param>
    /// <param name="deltaFile">The payload's target, as fetched</param>
    /// <param name="newFile">Where the update goes; what is there is replaced</param>
    public static DeltaResult Apply(NoticePayload payload, string oldFile, string deltaFile, string newFile)
    {
        if (payload is not { Kind: NoticePayload.Delta, FromSha256: { } fromSha256 }) throw new ArgumentException("not a delta", nameof(payload));
        if (payload.Bytes > MostBytes) return DeltaResult.TooLarge;
        // Read and not mapped for its hash: of the mapping, only what the frame refers to comes into memory.
        using (FileStream whole = new(oldFile, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            if (whole.Length > MostFrom) return DeltaResult.TooLarge;
            if (Convert.ToHexStringLower(SHA256.HashData(whole)) != fromSha256) return DeltaResult.OtherSource;
        }
        using MappedFile old = MappedFile.Open(oldFile);
        DeltaResult result = DeltaResult.Broken;
        try
        {
            result = Unfold(payload, old, deltaFile, newFile);
        }
        finally
        {
            if (result != DeltaResult.Done) File.Delete(newFile);
        }
        return result;
    }

    private static DeltaResult Unfold(NoticePayload payload, MappedFile old, string deltaFile, string newFile)
    {
        using FileStream delta = new(deltaFile, FileMode.Open, FileAccess.Read, FileShare.Read);
        byte[] read = new byte[Portion], written = new byte[Portion];
        int filled = delta.ReadAtLeast(read, 18, throwOnEndOfStream: false);
        fixed (byte* source = read, destination = written)
        {
            ZSTD_frameHeader header;
            if (Methods.ZSTD_getFrameHeader(&header, source, (nuint)filled) != 0 || header.frameType != ZSTD_frameType_e.ZSTD_frame) return DeltaResult.Broken;
            // Before a byte of memory: the frame says what it wants, and the notice what comes out.
            if (header.windowSize > (ulong)MostBytes) return DeltaResult.TooLarge;
            if (header.frameContentSize != (ulong)payload.Bytes) return DeltaResult.Broken;
            ZSTD_DCtx_s* context = Methods.ZSTD_createDCtx();
            try
            {
                Checked(Methods.ZSTD_DCtx_setParameter(context, ZSTD_dParameter.ZSTD_d_windowLogMax, MostWindowLog));
                Checked(Methods.ZSTD_DCtx_refPrefix(context, old.Start, (nuint)old.Length));
                File.Delete(newFile); // the name, and not what a link or a second name of it leads to
                using FileStream output = new(newFile, FileMode.CreateNew, FileAccess.Write);
                using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                ZSTD_inBuffer_s input = new() { src = source, size = (nuint)filled };
                long total = 0;
                while (true)
                {
                    ZSTD_outBuffer_s target = new() { dst = destination, size = Portion };
                    nuint left = Methods.ZSTD_decompressStream(context, &target, &input);
                    if (Methods.ZSTD_isError(left)) return DeltaResult.Broken;
                    total += (long)target.pos;
                    if (total > payload.Bytes) return DeltaResult.Broken;
                    hash.AppendData(written.AsSpan(0, (int)target.pos));
                    output.Write(written, 0, (int)target.pos);
                    if (left == 0) break;
                    if (input.pos < input.size || target.pos == target.size) continue;
                    if ((filled = delta.Read(read)) == 0) return DeltaResult.Broken;
                    input = new() { src = source, size = (nuint)filled };
                }
                if (input.pos < input.size || delta.ReadByte() >= 0) return DeltaResult.Broken;
                if (total != payload.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != payload.Sha256) return DeltaResult.Broken;
                output.Flush(flushToDisk: true);
                return DeltaResult.Done;
            }
            finally
            {
                Methods.ZSTD_freeDCtx(context);
            }
        }
    }

    private static nuint Checked(nuint result) =>
        Methods.ZSTD_isError(result) ? throw new InvalidOperationException($"zstd: {Methods.ZSTD_getErrorName(result)}") : result;
}
