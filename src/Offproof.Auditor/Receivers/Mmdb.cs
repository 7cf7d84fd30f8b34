using System.Buffers.Binary;
using System.Globalization;

namespace Offproof.Auditor;

/// <summary>The tree of a MaxMind DB 2.0, read where it is needed (receivers.md §3.4). A file that lies about itself is damaged, and never more than that.</summary>
internal sealed class Mmdb
{
    private const int MostMetadata = 128 << 10;
    private const int Separator = 16;
    private const int Probes = 256;

    private static readonly byte[] Marker = [0xab, 0xcd, 0xef, .. "MaxMind.com"u8];

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;
    private readonly long _dataEnd;
    private readonly byte[] _node = new byte[8];
    private int _nodes;
    private int _recordSize;
    private int _version;

    private Mmdb(Microsoft.Win32.SafeHandles.SafeFileHandle file, long dataEnd) => (_file, _dataEnd) = (file, dataEnd);

    internal static bool TryRead(SourceFile source, Matches matches)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(source.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, FileOptions.RandomAccess);
        long length = RandomAccess.GetLength(file);
        byte[] tail = new byte[Math.Min(length, MostMetadata)];
        if (Read(file, tail, length - tail.Length) < tail.Length) return false;
        int marker = tail.AsSpan().LastIndexOf(Marker);
        if (marker < 0) return false;
        source.Kind = "mmdb";
        Mmdb database = new(file, length - tail.Length + marker);
        MmdbValue? metadata = new MmdbData(tail.AsMemory(marker + Marker.Length)).Read(0);
        if (metadata is null || !database.TryBegin(source, metadata))
        {
            source.Damaged("its metadata are broken");
            return true;
        }
        // Where nobody is asked about, some addresses show whether the file holds together.
        IEnumerable<Address> addresses = matches.Wanted.All.Count > 0 ? matches.Wanted.All : Enumerable.Range(0, Probes).Select(static at => new Address((UInt128)at * (uint.MaxValue / Probes), false));
        foreach (Address address in addresses)
        {
            if (!database.TryFind(address, out AddressRange range, out MmdbValue? entry))
            {
                source.Damaged("its tree or its data are broken");
                break;
            }
            if (entry is not null && matches.Wanted.All.Count > 0) Claims(source, matches, address, range, entry);
        }
        return true;
    }

    private bool TryBegin(SourceFile source, MmdbValue metadata)
    {
        (_nodes, _recordSize, _version) = (Small("node_count"), Small("record_size"), Small("ip_version"));
        source.Publisher = SourceFile.Clean(metadata["database_type"]?.Text);
        source.Entries = _nodes;
        if (metadata["build_epoch"]?.Number is > 0 and < 7_258_118_400 and { } epoch) source.Date = DateTimeOffset.FromUnixTimeSeconds((long)epoch).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        else source.Lacks("it says no day on which it was built");
        return (metadata["binary_format_major_version"]?.Number ?? 2) == 2 && _recordSize is 24 or 28 or 32 && _version is 4 or 6 && _nodes > 0 && (long)_nodes * (_recordSize / 4) + Separator <= _dataEnd;

        int Small(string name) => metadata[name]?.Number is <= int.MaxValue and { } number ? (int)number : 0;
    }

    /// <returns>False when the file is broken. An address that is not in it has no entry.</returns>
    private bool TryFind(Address address, out AddressRange range, out MmdbValue? entry)
    {
        entry = null;
        range = default;
        if (address.IsVersion6 && _version == 4) return true;
        // In a tree of IPv6, IPv4 lies under ::/96.
        int bits = _version == 4 ? 32 : 128, depth = 0;
        UInt128 number = address.Number;
        long node = 0;
        while (node < _nodes && depth < bits)
        {
            bool isRight = (number >> (bits - 1 - depth) & 1) != 0;
            depth++;
            if (!TryRecord(node, isRight, out node)) return false;
        }
        if (node < _nodes) return false;
        if (node == _nodes) return true; // it is not in it
        long tree = (long)_nodes * (_recordSize / 4), at = tree + (node - _nodes);
        if (at < tree + Separator || at >= _dataEnd) return false;
        // Of the data section, what an entry can need from there on and what it can point to.
        MmdbData data = new(_file, tree + Separator, _dataEnd);
        entry = data.Read(at - tree - Separator);
        if (entry is null) return false;
        int length = address.IsVersion6 || _version == 4 ? depth : Math.Max(0, depth - 96);
        return AddressRange.TryPrefix(address, length, out range);
    }

    private bool TryRecord(long node, bool isRight, out long next)
    {
        int size = _recordSize / 4;
        next = 0;
        Span<byte> bytes = _node.AsSpan(0, size);
        if (Read(_file, bytes, node * size) < size) return false;
        next = _recordSize switch
        {
            24 => isRight ? bytes[3] << 16 | bytes[4] << 8 | bytes[5] : bytes[0] << 16 | bytes[1] << 8 | bytes[2],
            28 => isRight ? (bytes[3] & 0x0f) << 24 | bytes[4] << 16 | bytes[5] << 8 | bytes[6] : bytes[3] >> 4 << 24 | bytes[0] << 16 | bytes[1] << 8 | bytes[2],
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes[(isRight ? 4 : 0)..]),
        };
        return true;
    }

    internal static int Read(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> bytes, long at)
    {
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes[read..], at + read) is > 0 and int count) read += count;
        return read;
    }

    private static void Claims(SourceFile source, Matches matches, Address address, AddressRange range, MmdbValue entry)
    {
        List<ClaimReport> claims = [];
        string? asn = entry["autonomous_system_number"]?.Number is > 0 and <= uint.MaxValue and { } number ? AsTable.Asn((uint)number) : null;
        if (asn is null && entry["asn"] is { } written)
        {
            Span<uint> numbers = stackalloc uint[1];
            if (written.Number is > 0 and <= uint.MaxValue and { } plain) asn = AsTable.Asn((uint)plain);
            else if (written.Text is { Length: <= 16 } text && AsTable.TryOrigins(System.Text.Encoding.UTF8.GetBytes(text), numbers, out int count) && count == 1) asn = AsTable.Asn(numbers[0]);
        }
        string? name = SourceFile.Clean(entry["autonomous_system_organization"]?.Text ?? entry["as_name"]?.Text ?? entry["name"]?.Text);
        if (asn is not null) claims.Add(source.Claim("originAs", asn, "origin of the route", range, name));
        Country(entry["country"]?["iso_code"]?.Text ?? entry["country_code"]?.Text, "country of the place");
        Country(entry["registered_country"]?["iso_code"]?.Text, "country of the registration");
        matches.Add(address, range, claims.ToArray());

        void Country(string? code, string what)
        {
            if (code is { Length: 2 } && char.IsAsciiLetter(code[0]) && char.IsAsciiLetter(code[1])) claims.Add(source.Claim("country", code.ToUpperInvariant(), what, range));
        }
    }
}
