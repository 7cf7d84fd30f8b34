using System.Buffers.Binary;

namespace Offproof.Lab;

/// <summary>A capture of what a recorder passed on: pcapng, Ethernet. Contents, their order and their moments are true; the heads around them (Ethernet, IPv4, TCP) are written by the recorder, always the same way (lab.md §7).</summary>
internal sealed class RecordedFile : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream stream;

    internal RecordedFile(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        stream = new FileStream(path, options);
        Span<byte> head = stackalloc byte[28 + 20];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0x0A0D0D0A);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], 28);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], 0x1A2B3C4D);
        BinaryPrimitives.WriteUInt16LittleEndian(head[12..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], -1);
        BinaryPrimitives.WriteUInt32LittleEndian(head[24..], 28);
        BinaryPrimitives.WriteUInt32LittleEndian(head[28..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], 20);
        BinaryPrimitives.WriteUInt16LittleEndian(head[36..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head[44..], 20);
        stream.Write(head);
    }

    internal RecordedConnection Open(int client, int server) => new(this, (ushort)client, (ushort)server);

    /// <summary>A frame, now.</summary>
    internal void Write(ReadOnlySpan<byte> frame)
    {
        int padded = (frame.Length + 3) & ~3;
        byte[] block = new byte[32 + padded];
        BinaryPrimitives.WriteUInt32LittleEndian(block, 6);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(4), (uint)block.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(20), (uint)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(24), (uint)frame.Length);
        frame.CopyTo(block.AsSpan(28));
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(28 + padded), (uint)block.Length);
        lock (gate)
        {
            long microseconds = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(12), (uint)(microseconds >> 32));
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(16), (uint)(microseconds & uint.MaxValue));
            stream.Write(block);
        }
    }

    public void Dispose() => stream.Dispose();
}

/// <summary>One connection of a recording, as TCP would have carried it.</summary>
internal sealed class RecordedConnection
{
    internal const int MostSegment = 16 * 1024;

    private const byte Syn = 2, Ack = 16, Push = 8, Fin = 1;
    private const int Heads = 14 + 20 + 20;

    // Of the documentation's network: what a capture of this machine's loopback would show, both ends at one address, says nothing of who is the phone.
    private static readonly byte[] Client = [198, 51, 100, 2], Server = [198, 51, 100, 1];

    private readonly Lock gate = new();
    private readonly RecordedFile file;
    private readonly ushort client, server;
    private uint sent, received;

    internal RecordedConnection(RecordedFile file, ushort client, ushort server)
    {
        (this.file, this.client, this.server) = (file, client, server);
        Write(true, Syn, []);
        sent++;
        Write(false, Syn | Ack, []);
        received++;
        Write(true, Ack, []);
    }

    internal void Take(bool isSent, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            Write(isSent, Ack | Push, bytes);
            if (isSent) sent += (uint)bytes.Length;
            else received += (uint)bytes.Length;
            Write(!isSent, Ack, []);
        }
    }

    internal void End()
    {
        lock (gate)
        {
            Write(true, Fin | Ack, []);
            sent++;
            Write(false, Fin | Ack, []);
            received++;
            Write(true, Ack, []);
        }
    }

    private void Write(bool isSent, byte flags, ReadOnlySpan<byte> bytes)
    {
        byte[] frame = new byte[Heads + bytes.Length];
        Span<byte> ethernet = frame, ip = frame.AsSpan(14, 20), tcp = frame.AsSpan(34);
        ethernet[0] = ethernet[6] = 2;
        (ethernet[5], ethernet[11]) = isSent ? ((byte)1, (byte)2) : ((byte)2, (byte)1);
        BinaryPrimitives.WriteUInt16BigEndian(ethernet[12..], 0x0800);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(frame.Length - 14));
        ip[6] = 0x40; // not to be cut
        (ip[8], ip[9]) = (64, 6);
        (isSent ? Client : Server).CopyTo(ip[12..]);
        (isSent ? Server : Client).CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip, 0));
        BinaryPrimitives.WriteUInt16BigEndian(tcp, isSent ? client : server);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], isSent ? server : client);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], isSent ? sent : received);
        if ((flags & Ack) != 0) BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], isSent ? received : sent);
        (tcp[12], tcp[13]) = (0x50, flags);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], ushort.MaxValue);
        bytes.CopyTo(tcp[20..]);
        // RFC 9293 §3.1: with the addresses, the protocol and the length in front.
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Checksum(tcp, Sum(ip[12..20]) + 6 + (uint)tcp.Length));
        file.Write(frame);
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint begun)
    {
        uint sum = begun + Sum(bytes);
        while (sum > ushort.MaxValue) sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)(~sum & ushort.MaxValue);
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i + 1 < bytes.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        return (bytes.Length & 1) == 0 ? sum : sum + ((uint)bytes[^1] << 8);
    }
}
