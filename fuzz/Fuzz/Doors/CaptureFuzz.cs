using System.Buffers.Binary;
using System.Globalization;
using Offproof.Auditor;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as a capture, as packets, and as what happens to a TCP stream. Throws when a byte is not counted, or counted twice (audit.md §2, §3.1).</summary>
static class CaptureFuzz
{
    /// <summary>Returns how the file ended, what was wrong, and which flows there were.</summary>
    internal static string File(byte[] input)
    {
        Account account = new();
        long secrets = 0;
        using CaptureFile file = new(new MemoryStream(input, writable: false), (_, bytes) => secrets += bytes.Length);
        while (file.TryRead(out CapturedPacket packet))
        {
            Check(packet.Number == file.Packets && packet.Length >= packet.Bytes.Length && packet.Bytes.Length <= CaptureFile.MaxPacket, "a packet that cannot be");
            account.Read(packet);
        }
        Check(file.End != CaptureEnd.None && (file.End == CaptureEnd.Whole || file.Remarks.Count > 0), "an end without a reason");
        Check(!file.TryRead(out _), "a packet after the end");
        return $"{file.End} {Math.Min(file.Packets, 3)} {secrets > 0} {file.Dropped > 0}|{string.Join('|', file.Remarks.Select(Words))}|{account.End()}";
    }

    /// <summary>The first byte chooses a link type; then each packet is preceded by its length, and by how much of it was cut.</summary>
    internal static string Packets(byte[] input)
    {
        Account account = new();
        int linkType = ((ReadOnlySpan<int>)[1, 101, 0, 113, 276, 9, 51, 107])[input.Length > 0 ? input[0] & 7 : 0];
        long number = 0;
        for (int at = 1; at + 3 <= input.Length;)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(input.AsSpan(at)), input.Length - at - 3);
            account.Read(new CapturedPacket { Number = ++number, Nanoseconds = number * 10_000_000_000, LinkType = linkType, Bytes = input.AsSpan(at + 3, length), Length = length + (input[at + 2] & 0x0f), FrameCheck = input[at + 2] >> 6 });
            at += 3 + length;
        }
        return account.End();
    }

    /// <summary>Four bytes are a segment: what it does, where it begins, how long it is. What comes out is compared with the bytes that came first for each place.</summary>
    internal static string Stream(byte[] input)
    {
        const int Places = 4096;
        // The first value that came for each place of the client's stream; -1 while none did.
        short[] first = new short[Places + 256];
        Array.Fill(first, (short)-1);
        // Near the end of the sequence numbers, so that most streams wrap.
        uint opening = unchecked((uint)-1000);
        bool isPlain = true, hasEnd = false;
        int reach = 0;
        Tape? tape = null;
        Account account = new(flow => tape = new Tape(flow, first));
        byte[] packet = new byte[40 + 256];
        Send(account, packet, opening, 0x02, [], 0, isBack: false);
        Span<byte> payload = stackalloc byte[256];
        for (int at = 0; at + 4 <= input.Length; at += 4)
        {
            int what = input[at], start = BinaryPrimitives.ReadUInt16BigEndian(input.AsSpan(at + 1)) % Places, length = input[at + 3];
            uint sequence = unchecked(opening + 1 + (uint)start);
            if (what >= 0xf8)
            {
                // The other side acknowledges, or the stream ends: from there on places may stay empty.
                isPlain = false;
                if (what >= 0xfe) hasEnd = true;
                Send(account, packet, what >= 0xfe ? sequence : 7000, (byte)(what == 0xff ? 0x04 : what == 0xfe ? 0x11 : 0x10), [], sequence, isBack: what < 0xfe);
                continue;
            }
            for (int index = 0; index < length; index++)
            {
                payload[index] = (byte)((start + index) * 7 + ((start + index) >> 5) + (what >= 0xe0 && index % 16 == 3 ? 1 : 0) & 0xff);
                if (first[start + index] < 0) first[start + index] = payload[index];
                else if (first[start + index] != payload[index]) isPlain = false;
            }
            if (length > 0) reach = Math.Max(reach, start + length);
            Send(account, packet, sequence, 0x18, payload[..length], 5000, isBack: false);
        }
        string said = account.End();
        bool isWhole = !Array.Exists(first[..reach], value => value < 0);
        long handed = tape?.Handed ?? 0;
        // Zeros before their turn are keep-alives; everything else of an undisturbed stream came out, and nothing beside it.
        if (isPlain && isWhole) Check(handed == reach && account.Strays == 0 && tape is null or { Holes: 0 }, "a stream without losses is not whole");
        if (!hasEnd) Check(tape?.Place is null || tape.Place <= Places + 256, "a stream is longer than what was sent");
        return $"{isPlain} {isWhole} {hasEnd} {Math.Min(tape?.Holes ?? 0, 3)} {account.Strays > 0}|{said}";
    }

    static void Send(Account account, byte[] packet, uint sequence, byte flags, ReadOnlySpan<byte> payload, uint acknowledged, bool isBack)
    {
        packet.AsSpan(0, 40).Clear();
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(40 + payload.Length));
        packet[9] = 6;
        packet[isBack ? 19 : 15] = 1;
        packet[isBack ? 15 : 19] = 2;
        packet[isBack ? 21 : 23] = 80;
        packet[isBack ? 22 : 20] = 0x9c;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), acknowledged);
        packet[32] = 0x50;
        packet[33] = flags;
        payload.CopyTo(packet.AsSpan(40));
        account.Read(new CapturedPacket { Number = account.Packets + 1, Nanoseconds = 0, LinkType = 101, Bytes = packet.AsSpan(0, 40 + payload.Length), Length = 40 + payload.Length });
    }

    static string Words(string remark) => string.Concat(remark.Where(c => !char.IsAsciiDigit(c)));

    /// <summary>Reads packets, and holds what is counted against what there was.</summary>
    sealed class Account
    {
        readonly Traffic _traffic;
        readonly List<Flow> _finished = [];
        readonly List<Tape> _tapes = [];
        long _wire;

        internal Account(Func<Flow, Tape>? stream = null) => _traffic = new Traffic(new FlowReaders
        {
            Stream = flow =>
            {
                Tape tape = stream?.Invoke(flow) ?? new Tape(flow, null);
                _tapes.Add(tape);
                return tape;
            },
            Datagram = (flow, sender, payload, _) =>
            {
                Check(!payload.IsEmpty, "an empty datagram is handed on");
                flow.Count(sender, ByteKind.Decoded, payload.Length);
            },
            Stray = (_, _, bytes, _) => Strays += bytes.Length,
            Finished = _finished.Add,
        });

        internal long Packets { get; private set; }

        internal long Strays { get; private set; }

        internal void Read(in CapturedPacket packet)
        {
            Packets++;
            _wire += packet.Length;
            _traffic.Read(packet);
        }

        internal string End()
        {
            _traffic.End();
            Check(_finished.Count == _traffic.Flows, "a flow is not finished, or twice");
            long counted = _finished.Sum(flow => Enum.GetValues<ByteKind>().Sum(kind => flow.Bytes(Sender.Client, kind) + flow.Bytes(Sender.Server, kind)));
            Check(counted == _wire + _traffic.Lost, string.Create(CultureInfo.InvariantCulture, $"{_wire} bytes on the wire and {_traffic.Lost} lost, {counted} counted"));
            Check(_finished.Sum(flow => flow.Bytes(Sender.Client, ByteKind.Opaque) + flow.Bytes(Sender.Server, ByteKind.Opaque)) == Strays, "opaque bytes are not handed on");
            Check(_tapes.All(tape => tape.IsOver), "a stream does not end");
            return string.Join('|', _finished.SelectMany(flow => flow.Remarks.Append(flow.Transport.Split(' ')[0])).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>What comes out of a stream.</summary>
    sealed class Tape(Flow flow, short[]? first) : Conversation(flow, null!)
    {
        int _ended;

        internal bool IsOver => _ended == 3;

        internal long Handed { get; private set; }

        internal long Place { get; private set; }

        internal int Holes { get; private set; }

        internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
        {
            Check(!bytes.IsEmpty && (_ended & 1 << (int)sender) == 0, "bytes come after the end");
            Flow.Count(sender, ByteKind.Decoded, bytes.Length);
            if (sender == Sender.Server || first is null) return;
            for (int index = 0; index < bytes.Length; index++) Check(first[Place + index] == bytes[index], "the first bytes do not stand");
            Place += bytes.Length;
            Handed += bytes.Length;
        }

        internal override void Hole(Sender sender, long length, long packet)
        {
            Check(length > 0 && (_ended & 1 << (int)sender) == 0, "a hole that none is");
            if (sender == Sender.Server) return;
            Place += length;
            Holes++;
        }

        internal override void End(Sender sender, bool clean)
        {
            Check((_ended & 1 << (int)sender) == 0, "a direction ends twice");
            _ended |= 1 << (int)sender;
        }
    }
}
