using System.Globalization;
using System.Net;

namespace Offproof.Auditor;

/// <summary>One audit at work: captures go in one after the other, the report comes out.</summary>
internal sealed class AuditRun : IDisposable
{
    private const int AskEvery = 4096;
    private const uint NssKeyLog = 0x544c534b;

    // Of a capture, so much is looked at before it is read.
    private const int Beginning = 1 << 20;

    private readonly Canaries _canaries;
    private readonly Ends _ends;
    private readonly byte[] _beginning = new byte[Beginning];
    private readonly KeyLog _keys;
    private readonly bool _keysGiven;
    private readonly CanaryExaminer _examiner;
    private readonly Scribe? _scribe;
    private readonly Examiner _reading;
    private readonly FlowShelf _shelf = new();
    private readonly Protocols _protocols;
    private readonly Dictionary<int, QuicDatagrams> _quic = [];
    private readonly List<CaptureReport> _captures = [];
    private readonly List<int> _firstFlows = [];
    private readonly List<Reason> _reasons = [];
    private readonly Timeline _timeline = new();
    private readonly HashSet<int> _withFindings = [];
    private readonly Observations _observed = new();
    private readonly Dictionary<int, long> _begun = [];
    private readonly List<string?> _times = [];
    private readonly SourceReading? _sources;
    private int _told;
    private int _begunBefore;
    private int _cutShort;
    private int _cutOff;
    private long _onTheWire;

    /// <param name="seen">Told of each head of a message; null where nobody wants to know.</param>
    /// <param name="sources">Who is asked about the addresses; null where nobody is.</param>
    /// <param name="phones">The phone's addresses, where they are known.</param>
    /// <param name="transcribe">Makes who keeps what was said; null where nobody does.</param>
    internal AuditRun(Canaries canaries, KeyLog? keys, HeadSeen? seen = null, SourceReading? sources = null, IReadOnlyList<IPAddress>? phones = null, Func<Examiner, Scribe>? transcribe = null)
    {
        _ends = new Ends(phones ?? []);
        (_canaries, _keys, _keysGiven, _sources) = (canaries, keys ?? new KeyLog(), keys is not null, sources);
        _examiner = new CanaryExaminer(new Searcher(Permutation.WithMapped(canaries.Forms)), canaries.Digests) { Observed = _observed };
        _scribe = transcribe?.Invoke(_examiner);
        if (_scribe is not null) _scribe.Observed = _observed;
        _reading = _scribe ?? (Examiner)_examiner;
        _protocols = new Protocols(_reading, flow => new TlsConversation(flow, _reading, _keys, (inside, alpn) => Tapped(inside, _protocols!.For(inside, alpn), isInside: true)), seen);
    }

    public void Dispose() => _examiner.Dispose();

    private Conversation Tapped(Flow flow, Conversation reader, bool isInside) => _scribe is null ? reader : new Tap(flow, reader, _scribe, isInside);

    internal void Read(string path, Stream file, CancellationToken cancel)
    {
        _firstFlows.Add(_shelf.Count + 1);
        (_observed.Capture, _observed.Now) = (_firstFlows.Count, null);
        // What a recording without packets begins with is told from a capture by its first character: its bytes are text.
        int length = file.ReadAtLeast(_beginning, _beginning.Length, throwOnEndOfStream: false);
        bool hasSecrets = HasSecrets(file, length, cancel);
        // A pipe cannot be wound back.
        file = new Continued(_beginning.AsMemory(0, length), file);
        ReadOnlySpan<byte> text = _beginning.AsSpan(0, Math.Min(length, 64)).TrimStart("\uFEFF \t\r\n"u8);
        if (text.StartsWith("{"u8)) ReadRecording(path, "har", newFlow => Har.Read(file, _protocols, newFlow));
        else if (text.IndexOf((byte)':') is > 0 and <= 12 and int colon && !text[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9')) ReadRecording(path, "mitmproxy", newFlow => Mitmproxy.Read(file, _protocols, newFlow));
        else
        {
            _ends.Look(_beginning, length);
            ReadPackets(path, file, takesSecrets: !hasSecrets, cancel);
        }
    }

    // In a pcapng file the secrets may stand behind what they open: they are read beforehand, where the file can be read twice.
    private bool HasSecrets(Stream file, int length, CancellationToken cancel)
    {
        if (!file.CanSeek || !_beginning.AsSpan(0, length).StartsWith((ReadOnlySpan<byte>)[0x0a, 0x0d, 0x0d, 0x0a])) return false;
        long position = file.Position;
        using (CaptureFile early = new(new Continued(_beginning.AsMemory(0, length), file), Secrets))
        {
            while (early.TryRead(out CapturedPacket packet))
                if (packet.Number % AskEvery == 0) cancel.ThrowIfCancellationRequested();
        }
        file.Position = position;
        return true;
    }

    private void Secrets(uint type, ReadOnlySpan<byte> secrets)
    {
        if (type == NssKeyLog) _keys.Add(secrets);
    }

    private void ReadRecording(string path, string format, Func<NewFlow, RecordingEnd> read)
    {
        Flow? open = null;
        long before = _shelf.Total;
        RecordingEnd end = read((transport, client, server) =>
        {
            if (open is not null) Finish(open);
            return open = new Flow(_shelf.Count + 1, transport, client, server) { OpeningSeen = true };
        });
        if (open is not null) Finish(open);
        string? damage = end.Stopped ?? (end.Bad > 0 ? Plural(end.Bad, "entry is", "entries are") + " broken" : null);
        if (damage is not null) _reasons.Add(new Reason("incomplete", $"{path} is not complete: {damage}", 0, path));
        Date();
        if (end.IsWithoutCookies) _reasons.Add(new Reason("without-cookies", $"{path} is as Chrome writes it for sharing: cookies and authorization are left out, and what they carried is not in it", 0, path));
        if (end.Entries == 0) _reasons.Add(new Reason("no-message", $"{path} holds no message", 0, path));
        long bytes = _shelf.Total - before;
        _captures.Add(new CaptureReport(path, format, end.Entries, bytes, damage));
        _onTheWire += bytes;
    }

    private void ReadPackets(string path, Stream file, bool takesSecrets, CancellationToken cancel)
    {
        long bytes = 0;
        int before = _shelf.Count, begun = before;
        Traffic traffic = new(new FlowReaders { Stream = flow => Tapped(flow, _protocols.For(flow, null), isInside: false), Datagram = Datagram, Stray = Stray, Chosen = Chosen, Finished = Finish }, _shelf.Count + 1, _ends);
        using CaptureFile capture = new(file, takesSecrets ? Secrets : null);
        while (capture.TryRead(out CapturedPacket packet))
        {
            if (packet.Number % AskEvery == 0) cancel.ThrowIfCancellationRequested();
            bytes += packet.Length;
            _observed.Now = packet.Nanoseconds;
            _timeline.Add(packet.Nanoseconds, packet.Length);
            traffic.Read(packet);
            while (begun < before + traffic.Flows)
            {
                _begun[++begun] = packet.Nanoseconds;
                _scribe?.Begin(begun, packet.Nanoseconds);
            }
            if (_times.Count < _examiner.Findings.Count) Date();
        }
        traffic.End();
        if (_times.Count < _examiner.Findings.Count) Date();
        string? damage = capture.Remarks.Count == 0 ? null : string.Join("; ", capture.Remarks);
        if (!capture.IsComplete) _reasons.Add(new Reason("incomplete", $"{path} is not complete: {damage}", 0, path));
        if (capture.Packets == 0) _reasons.Add(new Reason("no-packet", $"{path} holds no packet", 0, path));
        _captures.Add(new CaptureReport(path, "packets", capture.Packets, bytes, damage));
        _onTheWire += bytes + traffic.Lost;
    }

    private void Datagram(Flow flow, Sender sender, ReadOnlySpan<byte> payload, long packet)
    {
        _scribe?.Take(flow, sender, payload.Length, packet, joins: false);
        if (_quic.TryGetValue(flow.Number, out QuicDatagrams? quic))
        {
            quic.Take(sender, payload, packet);
        }
        else if (flow.Transport == "udp" && flow.Messages == 0 && QuicDatagrams.Recognises(payload))
        {
            quic = new QuicDatagrams(flow, _reading, _keys);
            _quic.Add(flow.Number, quic);
            quic.Take(sender, payload, packet);
        }
        else
        {
            Datagrams.Read(flow, _reading, sender, payload, packet);
        }
    }

    private void Finish(Flow flow)
    {
        if (flow is { Transport: "tcp", OpeningSeen: false } && flow.Bytes(Sender.Client, ByteKind.Decoded) + flow.Bytes(Sender.Server, ByteKind.Decoded) > 0)
        {
            flow.Remark("its opening is not in the capture");
            if (flow.Protocol.Length == 0) _begunBefore++;
        }
        if (_quic.Remove(flow.Number, out QuicDatagrams? quic))
        {
            quic.Finish();
            quic.Dispose();
        }
        if (flow.IsCutShort) _cutShort++;
        if (flow.IsCutOff) _cutOff++;
        for (; _told < _examiner.Findings.Count; _told++) _withFindings.Add(_examiner.Findings[_told].Place.Flow.Number);
        bool isFound = _withFindings.Contains(flow.Number);
        _shelf.Add(flow, isFound);
        _observed.Add(flow, isFound, _begun.Remove(flow.Number, out long time) ? time : _observed.Now);
    }

    // What was found just now was whole with this packet.
    private void Date()
    {
        string? time = Observations.Time(_observed.Now);
        while (_times.Count < _examiner.Findings.Count) _times.Add(time);
    }

    private void Stray(Flow flow, Sender sender, ReadOnlySpan<byte> bytes, long packet) => _reading.Examine(new Place(flow, sender, Carrier.Datagram, packet, 0), bytes);

    private void Chosen(Flow flow, Sender sender, ReadOnlySpan<byte> bytes, long packet) => FreeChoice.Examine(_reading, new Place(flow, sender, Carrier.Datagram, packet, 0), bytes);

    internal AuditReport Report(CancellationToken cancel = default)
    {
        Date();
        using Unrolling unrolling = new();
        IReadOnlyList<FindingReport> findings = [.. _examiner.Findings.Select((finding, index) => Of(finding, index, unrolling))];
        List<Canary> planted = [.. _canaries.Forms.Select(static form => form.Canary).Distinct()];
        IReadOnlyList<Receiver> receivers = ReceiverList.Order(_observed);
        SourceFolder? sources = _sources?.Read(receivers, cancel);
        ByteCounts bytes = new(_onTheWire, _shelf.Bytes(ByteKind.Decoded), _shelf.Bytes(ByteKind.Structural), _shelf.Bytes(ByteKind.Opaque), _shelf.Bytes(ByteKind.Missing));
        Verdict verdict = Judge(findings, bytes);
        long opaque = _shelf.Left(ByteKind.Opaque), missing = _shelf.Left(ByteKind.Missing);
        return new AuditReport(AuditReport.SchemaName, Word(verdict), [.. _reasons.Select(static reason => reason.Text)], _reasons, bytes, new ByteBudget(opaque, missing, _shelf.Capacity, opaque + missing + _shelf.Capacity), _captures, _shelf.Count, _shelf.Listed(),
            _examiner.Findings.Count + _examiner.FindingsNotKept, findings, new PersonaReport(planted.Count, _canaries.Forms.Count, [.. planted.GroupBy(static canary => canary.Kind, StringComparer.Ordinal).Select(static kind => new KindReport(kind.Key, kind.Count()))],
            [.. _canaries.TooShort.Select(static value => new TooShortReport(value.Canary.Id, value.Form, value.Reason))]),
            _keysGiven || _keys.Count > 0 ? new KeysReport(_keys.Count, _keys.Matched, _keys.BadLines) : null, _timeline.Report(), [.. Notes(), .. _sources?.Notes ?? []],
            _observed.Receivers.Count, ReceiverList.Reports(receivers, _observed, findings, sources), sources?.Files ?? []);
    }

    private Verdict Judge(IReadOnlyList<FindingReport> findings, ByteCounts bytes)
    {
        int leaking = Distinct(findings, Standing.Evidence), arriving = Distinct(findings, Standing.Arriving), weak = Distinct(findings, Standing.Weak);
        if (leaking > 0) _reasons.Insert(0, new Reason("leaving", Plural(leaking, "planted datum was", "planted data were") + " seen leaving", leaking));
        Because("arriving", arriving, "planted datum was", "planted data were", " seen arriving: the other end holds it, and that this phone sent it is not in these captures");
        Because("weak", weak, "finding is", "findings are", " weak: coincidences are to be expected among so many bytes");
        Because("opaque", bytes.Opaque, "byte", "bytes", " could not be read");
        Because("missing", bytes.Missing, "byte that was sent is", "bytes that were sent are", " not in the capture");
        Because("begun-before", _begunBefore, "flow begins", "flows begin", " in the middle: what was said before is not in the capture");
        Because("cut-short", _cutShort, "flow ends", "flows end", " inside of a message");
        Because("cut-off", _cutOff, "flow holds", "flows hold", " something that was not looked at: it is nested too deep, or grows too much");
        Because("forms-left-out", _canaries.LeftOut, "form was", "forms were", " not searched: the persona is too large");
        if (_shelf.Total != bytes.Total) _reasons.Add(new Reason("unbalanced", "the account does not balance: this is a mistake of the program"));
        if (_keysGiven && _keys.Matched == 0) _reasons.Add(_keys.Count == 0 ? new Reason("no-secret", "the key log holds no secret") : new Reason("no-match", "the key log belongs to no handshake of these captures"));
        if (_canaries.Forms.Count == 0) _reasons.Add(new Reason("no-forms", "the persona holds nothing that could be searched for"));
        return leaking > 0 ? Verdict.Leak : _reasons.Count > 0 ? Verdict.Inconclusive : Verdict.Clean;
    }

    private void Because(string code, long count, string one, string many, string rest)
    {
        if (count > 0) _reasons.Add(new Reason(code, Plural(count, one, many) + rest, count));
    }

    private IEnumerable<string> Notes()
    {
        if (_shelf.Undecided > 0) yield return $"of {Plural(_shelf.Undecided, "flow", "flows")} it is not known which end is the phone's: what either sent is judged as leaving (--phone ADDRESS tells it)";
        if (_canaries.AbsentFiles > 0) yield return Plural(_canaries.AbsentFiles, "file of the persona does", "files of the persona do") + " not lie beside it as described: known by hash alone";
        if (_canaries.Digests.SaltsUsedUp) yield return "not every value that looks like a hash was tried with every salt";
        if (_keys.BadLines > 0) yield return Plural(_keys.BadLines, "line is", "lines are") + " none of a key log";
        if (_observed.LeftOut > 0) yield return Plural(_observed.LeftOut, "flow went", "flows went") + " to addresses that are too many to be listed";
        if (_keys.LeftOut > 0) yield return Plural(_keys.LeftOut, "secret was", "secrets were") + " left out: the key log is too long";
    }

    private static int Distinct(IReadOnlyList<FindingReport> findings, Standing standing) =>
        findings.Where(finding => finding.Standing == standing.Word()).Select(static finding => finding.Canary).Distinct(StringComparer.Ordinal).Count();

    private FindingReport Of(Finding finding, int index, Unrolling unrolling)
    {
        Place place = finding.Place;
        double chance = Chance.Expected(finding.Bits, _examiner.Places(finding));
        return new FindingReport(finding.Form.Canary.Id, [.. finding.Form.Also?.Select(static canary => canary.Id) ?? []], finding.Form.Canary.Kind, finding.Form.Canary.Value, finding.Form.Name, CaptureOf(place.Flow.Number), place.Packet, place.Flow.Number, place.Sender.Word(),
            Word(place.Carrier), finding.Field, place.Message, finding.Offset, finding.Length, finding.Chain, chance, Standings.Of(place.Flow.Leaves(place.Sender), chance).Word(), _times[index], unrolling.Of(finding));
    }

    private int CaptureOf(int flow)
    {
        int at = _firstFlows.FindLastIndex(first => first <= flow);
        return at + 1;
    }

    private static string Word(Verdict verdict) => verdict switch { Verdict.Leak => "LEAK", Verdict.Clean => "CLEAN", _ => "INCONCLUSIVE" };

    internal static string Word(Carrier carrier) => carrier switch
    {
        Carrier.Head => "head",
        Carrier.Body => "body",
        Carrier.WebSocket => "websocket",
        Carrier.DnsName => "dns-name",
        Carrier.ServerName => "server-name",
        Carrier.Datagram => "datagram",
        _ => "stream",
    };

    private static string Plural(long number, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");
}
