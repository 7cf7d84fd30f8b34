using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>The secrets of connections (audit.md §3.2), of files and of a capture's own blocks together.</summary>
internal sealed class KeyLog
{
    internal const int MostSecrets = 500_000;
    private const int MostSessions = 65_536;

    private readonly Dictionary<Id, Entry> _entries = [];
    private readonly Dictionary<Id, byte[]> _sessions = [];

    /// <summary>How many secrets there are; the same line twice is one.</summary>
    internal int Count => _entries.Count;

    /// <summary>How many of them belong to a handshake that was read.</summary>
    internal int Matched { get; private set; }

    /// <summary>Lines that are not of a key log.</summary>
    internal long BadLines { get; private set; }

    /// <summary>Secrets for which there was no room.</summary>
    internal long LeftOut { get; private set; }

    /// <summary>Bytes that may still be spent, in the whole audit, on records that do not verify: a capture must not be able to buy time without end.</summary>
    internal long Trials { get; set; } = 64 << 20;

    internal bool HasPremasters { get; private set; }

    /// <summary>Adds the secrets of a text in the form of NSS: a block of a pcapng file.</summary>
    internal void Add(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0)
        {
            int end = text.IndexOf((byte)'\n');
            AddLine(end < 0 ? text : text[..end]);
            text = end < 0 ? default : text[(end + 1)..];
        }
    }

    /// <summary>Adds the secrets of a file, of any size.</summary>
    internal void Add(Stream file)
    {
        byte[] buffer = new byte[1 << 16];
        int filled = 0;
        bool tooLong = false;
        while (true)
        {
            int read = file.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            int end = buffer.AsSpan(0, filled).LastIndexOf((byte)'\n');
            if (read == 0)
            {
                if (tooLong) BadLines++;
                else Add(buffer.AsSpan(0, filled));
                return;
            }
            if (end >= 0)
            {
                ReadOnlySpan<byte> lines = buffer.AsSpan(0, end + 1);
                if (tooLong)
                {
                    BadLines++;
                    lines = lines[(lines.IndexOf((byte)'\n') + 1)..];
                    tooLong = false;
                }
                Add(lines);
                buffer.AsSpan(end + 1, filled - end - 1).CopyTo(buffer);
                filled -= end + 1;
            }
            else if (filled == buffer.Length)
            {
                tooLong = true;
                filled = 0;
            }
        }
    }

    private void AddLine(ReadOnlySpan<byte> line)
    {
        Span<byte> id = stackalloc byte[32];
        Span<byte> secret = stackalloc byte[KeyLogLine.LongestSecret];
        switch (KeyLogLine.Read(line, id, secret, out KeyLogLine read))
        {
            case KeyLogLine.Is.Secret:
                Id key = new(read.Secret, id[..read.IdLength]);
                if (_entries.Count == MostSecrets && !_entries.ContainsKey(key)) LeftOut++;
                else _entries[key] = new Entry(secret[..read.SecretLength].ToArray());
                HasPremasters |= read.Secret is Secret.Premaster or Secret.PremasterOfExchange;
                break;
            case KeyLogLine.Is.Bad:
                BadLines++;
                break;
        }
        CryptographicOperations.ZeroMemory(secret);
    }

    /// <summary>The secret of a connection; it counts as matched from now on. Null where there is none.</summary>
    internal byte[]? Find(Secret secret, ReadOnlySpan<byte> id)
    {
        if (_entries.Count == 0 || id.Length is 0 or > 32) return null;
        ref Entry entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, new Id(secret, id));
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry)) return null;
        if (!entry.IsMatched) Matched++;
        entry = entry with { IsMatched = true };
        return entry.Bytes;
    }

    /// <summary>A session whose master secret was proven: another connection may resume it.</summary>
    /// <param name="name">The session id, or the ticket.</param>
    internal void Remember(ReadOnlySpan<byte> name, byte[] master)
    {
        if (name.Length > 0 && _sessions.Count < MostSessions) _sessions[Hashed(name)] = master;
    }

    internal byte[]? Resume(ReadOnlySpan<byte> name) => name.Length > 0 && _sessions.Count > 0 ? _sessions.GetValueOrDefault(Hashed(name)) : null;

    private static Id Hashed(ReadOnlySpan<byte> name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(name, hash);
        return new Id(Secret.MasterOfSession, hash);
    }

    private record struct Entry(byte[] Bytes, bool IsMatched = false);

    private readonly record struct Id(Secret Secret, int Length, UInt128 High, UInt128 Low)
    {
        internal Id(Secret secret, ReadOnlySpan<byte> id)
            : this(secret, id.Length, 0, 0)
        {
            Span<byte> padded = stackalloc byte[32];
            padded.Clear();
            id.CopyTo(padded);
            High = BinaryPrimitives.ReadUInt128BigEndian(padded);
            Low = BinaryPrimitives.ReadUInt128BigEndian(padded[16..]);
        }
    }
}
