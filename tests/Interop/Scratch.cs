namespace Offproof.Interop;

/// <summary>A folder of a test's own, gone when the test is, whatever modes lie in it.</summary>
sealed class Scratch : IAsyncDisposable
{
    internal string Root { get; } = Directory.CreateTempSubdirectory("interop-").FullName;

    internal string this[string name] => Path.Combine(Root, name);

    internal string Folder(string name) => Directory.CreateDirectory(this[name]).FullName;

    /// <summary>Frees the disk early: several tests run side by side.</summary>
    internal async Task ForgetAsync(string name) => await Processes.ShellAsync(Root, $"chmod -R u+rwX -- '{name}' 2>/dev/null || true; rm -rf -- '{name}'");

    public async ValueTask DisposeAsync() => await Processes.ShellAsync("/", $"chmod -R u+rwX -- '{Root}' 2>/dev/null || true; rm -rf -- '{Root}'");
}

/// <summary>Reproducible choices and bytes: SplitMix64 over a seed that the test prints.</summary>
sealed class Seeded(ulong seed)
{
    ulong _state = seed;

    internal ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    internal int Below(int limit) => (int)(Next() % (ulong)limit);

    internal double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    internal byte[] Bytes(int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        Span<ulong> words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan());
        for (int i = 0; i < words.Length; i++) words[i] = Next();
        for (int i = words.Length * 8; i < length; i++) bytes[i] = (byte)(Next() & 0xFF);
        return bytes;
    }

    /// <summary>OFFPROOF_SEED repeats a run; without it every run takes another path.</summary>
    internal static ulong Choose() => Environment.GetEnvironmentVariable("OFFPROOF_SEED") is { Length: > 0 } given
        ? ulong.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
        : BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)) >> 32;
}
