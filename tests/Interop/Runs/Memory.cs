using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Offproof.Interop.Runs;

/// <summary>Every readable byte of a running process, as a core file would hold it; and every byte of a folder's files.</summary>
static class Memory
{
    const int Chunk = 1 << 20;

    /// <summary>A secret in the forms in which a program holds it: text of one and of two bytes a character, and the bytes that hexadecimal digits stand for.</summary>
    internal static byte[][] FormsOf(string secret)
    {
        List<byte[]> forms = [Encoding.ASCII.GetBytes(secret), Encoding.Unicode.GetBytes(secret)];
        if (secret.Length % 2 == 0 && secret.All(char.IsAsciiHexDigit)) forms.Add(Convert.FromHexString(secret));
        return [.. forms];
    }

    /// <returns>How often any of the forms occurs, and how many bytes were looked at.</returns>
    internal static (int Found, long Searched) Search(int process, IReadOnlyList<byte[]> forms)
    {
        int found = 0;
        long searched = 0;
        using SafeFileHandle memory = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/mem"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] buffer = new byte[Chunk];
        int overlap = forms.Max(static f => f.Length) - 1;
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/maps")))
        {
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (parts[1][0] != 'r' || (parts.Length == 6 && parts[5] is "[vvar]" or "[vsyscall]" or "[vvar_vclock]")) continue;
            ulong[] range = [.. parts[0].Split('-').Select(static hex => ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            int kept = 0;
            for (ulong at = range[0]; at < range[1];)
            {
                int want = (int)Math.Min((ulong)(Chunk - kept), range[1] - at);
                int read;
                try
                {
                    read = RandomAccess.Read(memory, buffer.AsSpan(kept, want), (long)at);
                }
                catch (IOException)
                {
                    read = 0; // a page that went meanwhile
                }
                if (read <= 0) break;
                (at, searched) = (at + (ulong)read, searched + read);
                ReadOnlySpan<byte> span = buffer.AsSpan(0, kept + read);
                found += forms.Sum(form => Count(buffer.AsSpan(0, kept + read), form));
                kept = Math.Min(overlap, span.Length);
                span[^kept..].CopyTo(buffer);
            }
        }
        return (found, searched);
    }

    internal static int SearchFolder(string folder, IReadOnlyList<byte[]> forms) => Directory
        .EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        .Where(static file => new FileInfo(file).Length > 0) // locks are held, and empty
        .Sum(file => forms.Sum(form => Count(File.ReadAllBytes(file), form)));

    static int Count(ReadOnlySpan<byte> bytes, byte[] form)
    {
        int count = 0;
        for (int at = bytes.IndexOf(form); at >= 0; at = bytes.IndexOf(form))
        {
            count++;
            bytes = bytes[(at + 1)..];
        }
        return count;
    }
}
