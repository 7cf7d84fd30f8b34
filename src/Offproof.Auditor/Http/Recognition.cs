using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>Finds out by its first bytes what a stream is, and hands it over (audit.md §3.4). Ports say nothing, but for DNS.</summary>
internal sealed class Recognition : Conversation
{
    private const int Most = 64 << 10;

    private readonly Protocols _protocols;
    private readonly Held[] _first = [new Held(), new Held()];
    private readonly int[] _looked = new int[2];
    private readonly bool[] _over = new bool[2];
    private readonly Queue<Event> _events = new();
    private Conversation? _inner;

    internal Recognition(Flow flow, Protocols protocols)
        : base(flow, protocols.Examiner) => _protocols = protocols;

    private enum Guess
    {
        No,

        /// <summary>More bytes would tell.</summary>
        Perhaps,
        Tls,
        Http,
        Http2,
        Dns,
        Raw,
    }

    private enum Kind
    {
        Data,
        Hole,
        End,
        CleanEnd,
    }

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        if (_inner is null && _events.Count == 0 && Look(bytes, sender, isAll: false) is var guess and not (Guess.No or Guess.Perhaps)) _inner = Make(guess);
        if (_inner is not null)
        {
            _inner.Data(sender, bytes, packet);
            return;
        }
        _first[(int)sender].Add(bytes);
        _events.Enqueue(new Event(Kind.Data, sender, bytes.Length, packet));
        Decide();
    }

    internal override void Hole(Sender sender, long length, long packet)
    {
        if (_inner is not null)
        {
            _inner.Hole(sender, length, packet);
            return;
        }
        // What stands behind a gap is not the beginning of anything.
        _events.Enqueue(new Event(Kind.Hole, sender, length, packet));
        if (_events.Count > Most) HandOver(Guess.Raw);
    }

    internal override void End(Sender sender, bool clean)
    {
        if (_inner is not null)
        {
            _inner.End(sender, clean);
            return;
        }
        _over[(int)sender] = true;
        _events.Enqueue(new Event(clean ? Kind.CleanEnd : Kind.End, sender, 0, 0));
        Decide();
    }

    private void Decide()
    {
        bool isAll = _over[0] && _over[1];
        bool isFull = false;
        foreach (Sender sender in (ReadOnlySpan<Sender>)[Sender.Client, Sender.Server])
        {
            ReadOnlySpan<byte> bytes = _first[(int)sender].Span;
            if (bytes.IsEmpty) continue;
            bytes = bytes[..Math.Min(bytes.Length, Most)];
            Guess guess = Look(bytes, sender, isAll || bytes.Length == Most);
            if (guess is Guess.No && IsHttpLater(bytes, sender)) guess = Guess.Http;
            if (guess is not (Guess.No or Guess.Perhaps))
            {
                HandOver(guess);
                return;
            }
            isFull |= bytes.Length == Most;
        }
        if (isAll || isFull) HandOver(Guess.Raw);
    }

    // A capture that begins in the middle of a message.
    private bool IsHttpLater(ReadOnlySpan<byte> bytes, Sender sender)
    {
        ref int looked = ref _looked[(int)sender];
        int found = StartLine.Find(bytes[looked..], sender == Sender.Client, looked == 0, out int passed);
        looked += passed;
        return found >= 0;
    }

    private Guess Look(ReadOnlySpan<byte> bytes, Sender sender, bool isAll)
    {
        bool isClient = sender == Sender.Client;
        bool perhaps = false;
        // With a hello of SSL 2 only a client begins.
        if (isClient || bytes[0] < 0x80)
        {
            bool? isTls = TlsConversation.Recognises(bytes);
            if (isTls == true) return Guess.Tls;
            perhaps = isTls is null;
        }
        ReadOnlySpan<byte> preface = Http2Side.Preface;
        if (isClient && preface.StartsWith(bytes[..Math.Min(bytes.Length, preface.Length)]))
        {
            if (bytes.Length >= preface.Length) return Guess.Http2;
            perhaps = true;
        }
        else if (!isClient && bytes.Length >= 9 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] % 6 == 0 && bytes[3] == 4 && bytes[4] == 0 && bytes[5..9].IndexOfAnyExcept((byte)0) < 0)
        {
            return Guess.Http2;
        }
        perhaps |= !isClient && bytes.Length < 9 && bytes[0] == 0;
        switch (isClient ? FirstLine(bytes, isAll) : StartLine.BeginsAnswer(bytes) || (isAll && StartLine.IsAnswer(bytes)) ? Guess.Http : StartLine.MayBecomeAnswer(bytes) && bytes.Length < 13 ? Guess.Perhaps : Guess.No)
        {
            case Guess.Http:
                return Guess.Http;
            case Guess.Perhaps:
                perhaps = true;
                break;
            default:
                break;
        }
        switch (Dns(bytes))
        {
            case Guess.Dns:
                return Guess.Dns;
            case Guess.Perhaps:
                perhaps = true;
                break;
            default:
                break;
        }
        return perhaps && !isAll ? Guess.Perhaps : Guess.No;
    }

    private static Guess FirstLine(ReadOnlySpan<byte> bytes, bool isAll)
    {
        int end = bytes.IndexOf((byte)'\n');
        if (end < 0)
        {
            if (bytes[0] is < (byte)'A' or > (byte)'Z') return Guess.No;
            if (!isAll) return Guess.Perhaps;
            end = bytes.Length;
        }
        ReadOnlySpan<byte> line = bytes[..end];
        if (line.EndsWith("\r"u8)) line = line[..^1];
        return StartLine.Read(line, fromClient: true) == Start.None ? Guess.No : Guess.Http;
    }

    private Guess Dns(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return bytes[0] < 0x10 ? Guess.Perhaps : Guess.No;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        bool isPort = Flow.Server.Port == 53;
        if (length < DnsMessage.HeaderSize || (!isPort && length > 4096)) return Guess.No;
        if (bytes.Length < 2 + length) return bytes.Length < 2 + DnsMessage.HeaderSize || isPort || DnsMessage.IsPlainHeader(bytes[2..]) ? Guess.Perhaps : Guess.No;
        return DnsMessage.IsMessage(bytes.Slice(2, length), isPort) ? Guess.Dns : Guess.No;
    }

    private Conversation Make(Guess guess) => guess switch
    {
        Guess.Tls when _protocols.Tls is not null => _protocols.Tls(Flow),
        Guess.Http => new HttpConversation(Flow, _protocols),
        Guess.Http2 => new Http2Conversation(Flow, _protocols),
        Guess.Dns => new DnsConversation(Flow, Examiner),
        _ => new RawConversation(Flow, Examiner),
    };

    private void HandOver(Guess guess)
    {
        _inner = Make(guess);
        Span<int> at = [0, 0];
        while (_events.TryDequeue(out Event one))
        {
            switch (one.Kind)
            {
                case Kind.Data:
                    _inner.Data(one.Sender, _first[(int)one.Sender].Span.Slice(at[(int)one.Sender], (int)one.Length), one.Packet);
                    at[(int)one.Sender] += (int)one.Length;
                    break;
                case Kind.Hole:
                    _inner.Hole(one.Sender, one.Length, one.Packet);
                    break;
                default:
                    _inner.End(one.Sender, one.Kind == Kind.CleanEnd);
                    break;
            }
        }
        foreach (Held first in _first) first.Free();
    }

    private readonly record struct Event(Kind Kind, Sender Sender, long Length, long Packet);
}
