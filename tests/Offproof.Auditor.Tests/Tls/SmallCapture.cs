using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;

namespace Offproof.Auditor.Tests;

/// <summary>Just enough of pcap, pcapng, IPv4, IPv6 and TCP to hand real streams to the readers under test. Not hardened.</summary>
internal sealed class SmallCapture
{
    internal List<byte[]> Secrets { get; } = [];

    internal List<(int Link, byte[] Bytes)> Packets { get; } = [];

    internal static SmallCapture Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes is [0x1F, 0x8B, ..])
        {
            using GZipStream gzip = new(new MemoryStream(bytes), CompressionMode.Decompress);
            using MemoryStream plain = new();
            gzip.CopyTo(plain);
            bytes = plain.ToArray();
        }
        SmallCapture capture = new();
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) == 0x0A0D0D0A) capture.ReadNg(bytes);
        else capture.ReadOld(bytes);
        return capture;
    }

    private void ReadOld(byte[] bytes)
    {
        bool isLittle = bytes[0] is 0xD4 or 0x4D;
        int Number(int at) => (int)(isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at)));
        int link = Number(20);
        for (int at = 24; at < bytes.Length;)
        {
            int length = Number(at + 8);
            Packets.Add((link, bytes[(at + 16)..(at + 16 + length)]));
            at += 16 + length;
        }
    }

    private void ReadNg(byte[] bytes)
    {
        List<int> links = [];
        for (int at = 0; at < bytes.Length;)
        {
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
            ReadOnlySpan<byte> body = bytes.AsSpan(at + 8, length - 12);
            if (type == 1) links.Add(BinaryPrimitives.ReadUInt16LittleEndian(body));
            else if (type == 6) Packets.Add((links[BinaryPrimitives.ReadInt32LittleEndian(body)], body.Slice(20, BinaryPrimitives.ReadInt32LittleEndian(body[12..])).ToArray()));
            else if (type == 10) Secrets.Add(body.Slice(8, BinaryPrimitives.ReadInt32LittleEndian(body[4..])).ToArray());
            at += length;
        }
    }

    /// <summary>Hands every TCP stream to a conversation, and every UDP payload to <paramref name="datagram"/>; returns the flows.</summary>
    internal List<Flow> Replay(Func<Flow, Conversation> tcp, Action<Flow, Sender, byte[], long>? datagram = null)
    {
        Dictionary<string, Stream> streams = new(StringComparer.Ordinal);
        List<Flow> flows = [];
        long number = 0;
        foreach ((int link, byte[] bytes) in Packets)
        {
            number++;
            if (!TryTransport(link, bytes, out byte protocol, out IPAddress from, out IPAddress to, out byte[] segment) || protocol is not (6 or 17)) continue;
            IPEndPoint source = new(from, BinaryPrimitives.ReadUInt16BigEndian(segment)), target = new(to, BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2)));
            string key = protocol + " " + (string.CompareOrdinal(source.ToString(), target.ToString()) < 0 ? source + " " + target : target + " " + source);
            bool isAnswer = protocol == 6 && (segment[13] & 0x12) == 0x12;
            bool isOpening = protocol == 6 && (segment[13] & 0x12) == 0x02;
            if (!streams.TryGetValue(key, out Stream? stream) || (isOpening && stream.IsOver))
            {
                stream?.Finish();
                // Without a SYN, the lower port is the server's.
                bool isFromClient = isAnswer ? false : isOpening || source.Port > target.Port;
                Flow flow = new(flows.Count + 1, protocol == 6 ? "tcp" : "udp", isFromClient ? source : target, isFromClient ? target : source);
                flows.Add(flow);
                streams[key] = stream = new Stream(flow, protocol == 6 ? tcp(flow) : null);
            }
            Sender sender = source.Equals(stream.Flow.Client) ? Sender.Client : Sender.Server;
            if (protocol == 17) datagram?.Invoke(stream.Flow, sender, segment[8..], number);
            else stream.Take(sender, segment, number);
        }
        foreach (Stream stream in streams.Values) stream.Finish();
        return flows;
    }

    private static bool TryTransport(int link, byte[] packet, out byte protocol, out IPAddress from, out IPAddress to, out byte[] segment)
    {
        ReadOnlySpan<byte> bytes = packet.AsSpan(link == 1 ? 14 : link == 0 ? 4 : 0);
        (protocol, from, to, segment) = (0, IPAddress.None, IPAddress.None, []);
        if (bytes.Length < 20) return false;
        if (bytes[0] >> 4 == 4)
        {
            protocol = bytes[9];
            (from, to) = (new IPAddress(bytes.Slice(12, 4)), new IPAddress(bytes.Slice(16, 4)));
            segment = bytes[((bytes[0] & 15) * 4)..BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])].ToArray();
        }
        else if (bytes[0] >> 4 == 6)
        {
            protocol = bytes[6];
            (from, to) = (new IPAddress(bytes.Slice(8, 16)), new IPAddress(bytes.Slice(24, 16)));
            segment = bytes.Slice(40, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..])).ToArray();
        }
        return segment.Length >= 8;
    }

    private sealed class Stream(Flow flow, Conversation? conversation)
    {
        private readonly uint?[] _next = new uint?[2];
        private readonly List<(uint At, byte[] Bytes, long Packet)>[] _early = [[], []];
        private readonly bool[] _ended = new bool[2];

        internal Flow Flow { get; } = flow;

        internal bool IsOver => _ended[0] || _ended[1];

        internal void Take(Sender sender, byte[] segment, long number)
        {
            int side = (int)sender;
            uint at = BinaryPrimitives.ReadUInt32BigEndian(segment.AsSpan(4));
            byte[] bytes = segment[((segment[12] >> 4) * 4)..];
            bool isSyn = (segment[13] & 2) != 0;
            _next[side] ??= isSyn ? at + 1 : at;
            if (bytes.Length > 0) _early[side].Add((at, bytes, number));
            bool isMoved = true;
            while (isMoved)
            {
                isMoved = false;
                foreach ((uint from, byte[] piece, long packet) in _early[side].ToArray())
                {
                    int skip = unchecked((int)(_next[side]!.Value - from));
                    if (skip < 0) continue;
                    _early[side].Remove((from, piece, packet));
                    if (skip >= piece.Length) continue;
                    conversation!.Data(sender, piece.AsSpan(skip), packet);
                    _next[side] = unchecked(from + (uint)piece.Length);
                    isMoved = true;
                }
            }
            if ((segment[13] & 1) != 0) End(sender, clean: true);
        }

        internal void Finish()
        {
            End(Sender.Client, clean: false);
            End(Sender.Server, clean: false);
        }

        private void End(Sender sender, bool clean)
        {
            if (conversation is not null && !_ended[(int)sender]) conversation.End(sender, clean);
            _ended[(int)sender] = true;
        }
    }
}
