using System.Buffers.Binary;
using System.Globalization;
using Offproof.PhoneData;

namespace Offproof.Capture;

/// <summary>A pcap of many connections at once, in the order in which a phone's own recorder would see them.</summary>
sealed class Recording
{
    const int Together = 32;
    const int Mss = 1460;

    readonly BufferedStream _file;
    readonly Dice _dice;
    readonly Talk _talk;
    readonly Leaks? _leaks;
    readonly List<string> _planted = [];
    readonly int _leaksToPlant;
    readonly long _size;
    readonly byte[] _packet = new byte[16 + 54 + Mss];
    long _written;
    long _packets;
    int _connections;
    int _requests;

    Recording(BufferedStream file, long size, Leaks? leaks, ulong seed)
    {
        (_file, _size, _leaks, _dice) = (file, size, leaks, new Dice(seed));
        _talk = new Talk(_dice);
        _leaksToPlant = leaks is null ? 0 : Leaks.Count;
    }

    // Without a persona nothing is planted.
    internal static string Make(string path, long size, string? persona, ulong seed)
    {
        Leaks? leaks = persona is null ? null : new Leaks(persona);
        Recording recording;
        using (BufferedStream file = new(File.Create(path), 1 << 20))
        {
            recording = new Recording(file, size, leaks, seed);
            recording.Write();
        }
        File.WriteAllLines(path + ".leaks", recording._planted);
        string[] patterns = [.. leaks?.Patterns() ?? []];
        File.WriteAllLines(path + ".patterns", patterns);
        return string.Create(CultureInfo.InvariantCulture, $"made {recording._written} bytes, {recording._packets} packets, {recording._connections} connections, {recording._requests} requests, {recording._planted.Count} leaks, {patterns.Length} patterns");
    }

    void Write()
    {
        Span<byte> header = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 262_144);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        _file.Write(header);
        _written += header.Length;
        List<IEnumerator<bool>> open = [];
        while (true)
        {
            while (open.Count < Together && (_written < _size || _planted.Count < _leaksToPlant)) open.Add(Connect().GetEnumerator());
            if (open.Count == 0) return;
            int index = _dice.Below(open.Count);
            // Packets of one connection often come together.
            for (int run = 1 + _dice.Below(4); run > 0; run--)
            {
                if (open[index].MoveNext()) continue;
                open[index].Dispose();
                open.RemoveAt(index);
                break;
            }
        }
    }

    // Each step is a packet or two.
    IEnumerable<bool> Connect()
    {
        int number = _connections++;
        Ends ends = new((ushort)(32_768 + number % 28_000), (byte)(1 + _dice.Below(250)), unchecked((uint)_dice.Next()), unchecked((uint)_dice.Next()));
        Send(ends, true, 0x02, []);
        ends.Client++;
        Send(ends, false, 0x12, []);
        ends.Server++;
        yield return true;
        Send(ends, true, 0x10, []);
        for (int requests = 1 + _dice.Below(12); requests > 0 && (_written < _size || _planted.Count < _leaksToPlant); requests--)
        {
            foreach (bool step in Speak(ends, true, NextRequest(ends))) yield return step;
            foreach (bool step in Speak(ends, false, _talk.Answer())) yield return step;
        }
        Send(ends, true, 0x11, []);
        ends.Client++;
        yield return true;
        Send(ends, false, 0x11, []);
        ends.Server++;
        Send(ends, true, 0x10, []);
    }

    byte[] NextRequest(Ends ends)
    {
        _requests++;
        int leak = _planted.Count;
        if (_leaks is null || leak >= Leaks.Count || _written < (leak + 0.5) / Leaks.Count * _size) return _talk.Request(null, _dice.Below(10) < 3, out _);
        (string id, string encoding, string written) = _leaks.Of(leak, _dice);
        byte[] request = _talk.Request(written, leak % 10 < 3, out string carrier);
        _planted.Add(string.Create(CultureInfo.InvariantCulture, $"{leak + 1}\t{_packets + 1}\t{ends.Port}\t{id}\t{encoding}\t{carrier}"));
        return request;
    }

    IEnumerable<bool> Speak(Ends ends, bool isClient, byte[] message)
    {
        for (int at = 0, count = 0; at < message.Length; count++)
        {
            int length = Math.Min(Mss, message.Length - at), next = Math.Min(Mss, message.Length - at - length);
            uint start = isClient ? ends.Client : ends.Server;
            // One segment in a hundred comes late, one in two hundred comes again.
            if (next > 0 && _dice.Below(100) == 0)
            {
                Send(ends, isClient, 0x10, message.AsSpan(at + length, next), unchecked(start + (uint)length));
                Send(ends, isClient, 0x10, message.AsSpan(at, length), start);
                length += next;
            }
            else
            {
                Send(ends, isClient, (byte)(next > 0 ? 0x10 : 0x18), message.AsSpan(at, length), start);
                if (_dice.Below(200) == 0) Send(ends, isClient, 0x10, message.AsSpan(at, length), start);
            }
            at += length;
            if (isClient) ends.Client = unchecked(ends.Client + (uint)length);
            else ends.Server = unchecked(ends.Server + (uint)length);
            if (count % 4 == 3 || at == message.Length) Send(ends, !isClient, 0x10, []);
            yield return true;
        }
    }

    void Send(Ends ends, bool isClient, byte flags, ReadOnlySpan<byte> payload) => Send(ends, isClient, flags, payload, isClient ? ends.Client : ends.Server);

    void Send(Ends ends, bool isClient, byte flags, ReadOnlySpan<byte> payload, uint sequence)
    {
        int length = 54 + payload.Length;
        Span<byte> record = _packet.AsSpan(0, 16 + length);
        record[..70].Clear();
        long microseconds = _packets++ * 180;
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(1_767_225_600 + microseconds / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(microseconds % 1_000_000));
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], length);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], length);
        Span<byte> frame = record[16..];
        frame[0] = frame[6] = 0x02;
        frame[isClient ? 5 : 11] = 0x01;
        frame[12] = 0x08;
        Span<byte> ip = frame[14..], tcp = frame[34..];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(length - 14));
        ip[6] = 0x40;
        ip[8] = 64;
        ip[9] = 6;
        // The phone, and one of 250 servers (TEST-NET-1 and -2).
        ReadOnlySpan<byte> phone = [192, 0, 2, 10], server = [198, 51, 100, ends.Host];
        (isClient ? phone : server).CopyTo(ip[12..]);
        (isClient ? server : phone).CopyTo(ip[16..]);
        int sum = 0;
        for (int at = 0; at < 20; at += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(ip[at..]);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)(~sum & 0xffff));
        BinaryPrimitives.WriteUInt16BigEndian(tcp, isClient ? ends.Port : (ushort)80);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], isClient ? (ushort)80 : ends.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        if ((flags & 0x10) != 0) BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], isClient ? ends.Server : ends.Client);
        tcp[12] = 0x50;
        tcp[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], 65_535);
        payload.CopyTo(tcp[20..]);
        _file.Write(record);
        _written += record.Length;
    }

    /// <summary>Where both sides of a connection are.</summary>
    sealed class Ends(ushort port, byte host, uint client, uint server)
    {
        internal ushort Port { get; } = port;

        internal byte Host { get; } = host;

        internal uint Client { get; set; } = client;

        internal uint Server { get; set; } = server;
    }
}
