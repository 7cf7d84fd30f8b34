using System.Buffers.Binary;
using System.Text;

namespace Offproof.Lab.Tests;

/// <summary>Records what a small program of ours says, as packets (pcap of raw IPv4, RFC 791, RFC 9293): what a recorder beside the phone would have seen.</summary>
sealed class Tape(int run)
{
    const byte Fin = 1, Syn = 2, Ack = 16;
    const int Segment = 1400;

    readonly List<byte> _capture = [.. Little(4, 0xA1B2C3D4), 2, 0, 4, 0, .. new byte[8], .. Little(4, 65535), .. Little(4, 101)];

    // Runs are on different days; in one, a packet takes a few milliseconds, and never quite the same.
    long _micros = (1_790_000_000L + (86_400 * run)) * 1_000_000;
    ulong _dice = (ulong)run;
    int _connections;

    internal byte[] Capture() => [.. _capture];

    internal DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddMicroseconds(_micros);

    internal void Wait(int milliseconds) => _micros += milliseconds * 1000L;

    internal byte[] Random(int count) => [.. Enumerable.Range(0, count).Select(_ => unchecked((byte)Draw()))];

    // SplitMix64: the same draws in every run of the tests, others in every run of the program.
    ulong Draw()
    {
        ulong z = unchecked(_dice += 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (z ^ (z >> 31)) >> 8;
    }

    internal Line Connect(byte lastOfServer = 7, int port = 80) => new(this, 40_000 + (100 * run) + _connections++, port, lastOfServer);

    internal void Ask(string name)
    {
        byte[] question = [.. Random(2), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0, 0, 1, 0, 1];
        int port = 40_000 + (100 * run) + _connections++;
        Packet(17, 53, isBack: false, [.. Big(2, port), .. Big(2, 53), .. Big(2, 8 + question.Length), 0, 0, .. question]);
    }

    void Packet(byte protocol, byte lastOfServer, bool isBack, byte[] payload)
    {
        _micros += 2_000 + (long)(Draw() % 3_000);
        byte[] phone = [10, 0, 0, 2], server = [198, 51, 100, lastOfServer];
        byte[] header = [0x45, 0, .. Big(2, 20 + payload.Length), 0, 1, 0x40, 0, 64, protocol, 0, 0, .. isBack ? server : phone, .. isBack ? phone : server];
        int length = header.Length + payload.Length;
        _capture.AddRange([.. Little(4, _micros / 1_000_000), .. Little(4, _micros % 1_000_000), .. Little(4, length), .. Little(4, length), .. header, .. payload]);
    }

    internal static byte[] Big(int size, long value) => [.. Little(size, value).Reverse()];

    static byte[] Little(int size, long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes[..size];
    }

    /// <summary>One connection.</summary>
    internal sealed class Line : IDisposable
    {
        readonly Tape _tape;
        readonly int _port, _to;
        readonly byte _server;
        uint _ours = 1001, _theirs = 5001;

        internal Line(Tape tape, int port, int to, byte server)
        {
            (_tape, _port, _to, _server) = (tape, port, to, server);
            Tcp(1000, 0, Syn, [], isBack: false);
            Tcp(5000, 1001, Syn | Ack, [], isBack: true);
        }

        internal void Say(byte[] bytes)
        {
            foreach (byte[] piece in bytes.Chunk(Segment))
            {
                Tcp(_ours, _theirs, Ack, piece, isBack: false);
                _ours += (uint)piece.Length;
            }
        }

        internal void Say(string text) => Say(Encoding.Latin1.GetBytes(text));

        internal void Hear(string text)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(text);
            Tcp(_theirs, _ours, Ack, bytes, isBack: true);
            _theirs += (uint)bytes.Length;
        }

        public void Dispose()
        {
            Tcp(_ours, _theirs, Fin | Ack, [], isBack: false);
            Tcp(_theirs, _ours + 1, Fin | Ack, [], isBack: true);
        }

        void Tcp(uint sequence, uint acknowledged, byte flags, byte[] payload, bool isBack) => _tape.Packet(6, _server, isBack,
            [.. Big(2, isBack ? _to : _port), .. Big(2, isBack ? _port : _to), .. Big(4, sequence), .. Big(4, acknowledged), 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0, .. payload]);
    }
}
