using System.Diagnostics;

namespace Offproof.Vault.Tests;

/// <summary>A folder of a test's own, gone when the test is.</summary>
sealed class Scratch : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("offproof-vault-").FullName;

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    internal string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

static class Folders
{
    /// <summary>Same files, links and folders, same bytes, same times of change.</summary>
    internal static void AssertEqual(string expected, string actual)
    {
        Assert.Equal(Names(expected), Names(actual));
        foreach (string name in Names(expected))
        {
            FileInfo a = new(System.IO.Path.Combine(expected, name)), b = new(System.IO.Path.Combine(actual, name));
            Assert.Equal(a.LinkTarget, b.LinkTarget);
            if (a.LinkTarget is not null) continue;
            Assert.Equal(a.LastWriteTimeUtc, b.LastWriteTimeUtc);
            Assert.Equal(a.UnixFileMode, b.UnixFileMode);
            if (a.Exists) Assert.True(File.ReadAllBytes(a.FullName).AsSpan().SequenceEqual(File.ReadAllBytes(b.FullName)), $"{name} differs");
        }

        static string[] Names(string root) => [.. Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(p => System.IO.Path.GetRelativePath(root, p)).Order(StringComparer.Ordinal)];
    }
}

/// <summary>Reproducible bytes: SplitMix64 over a seed.</summary>
static class Noise
{
    internal static byte[] Bytes(ulong seed, int length)
    {
        byte[] bytes = new byte[length];
        unchecked
        {
            for (int i = 0; i < length; i++)
            {
                if (i % 8 != 0) continue;
                seed += 0x9E3779B97F4A7C15;
                ulong z = seed;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                z ^= z >> 31;
                for (int j = i; j < Math.Min(i + 8, length); j++, z >>= 8) bytes[j] = (byte)z;
            }
        }
        return bytes;
    }
}

/// <summary>Stock restic. It must be installed: a test of interoperation that skips itself proves nothing.</summary>
static class Restic
{
    internal static async Task<(int Exit, string Output)> RunAsync(string repository, string password, params string[] arguments)
    {
        ProcessStartInfo start = new("restic") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["RESTIC_PASSWORD"] = password;
        start.Environment["RESTIC_REPOSITORY"] = repository;
        start.ArgumentList.Add("--no-cache");
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    internal static async Task<string> GoodAsync(string repository, string password, params string[] arguments)
    {
        (int exit, string output) = await RunAsync(repository, password, arguments);
        Assert.True(exit == 0, $"restic {string.Join(' ', arguments)} ended with {exit}:\n{output}");
        return output;
    }
}
