using System.Diagnostics;
using System.Globalization;
using Offproof.Auditor;
using Offproof.Capture;

// usage: capture make FILE MEGABYTES PERSONA.JSON [SEED]   a pcap of MEGABYTES * 10^6 bytes of HTTP/1.1 with 180 planted leaks of the persona; beside it FILE.leaks, what was planted (tab-separated:
//                                                          number, packet, client port, canary, encoding, carrier), and FILE.patterns, 1,218 texts by which a search without an auditor may find them
//        capture read FILE                                 reads it and puts its streams together, and nothing else
// Each prints its time, processor time and peak memory (Linux).
Stopwatch clock = Stopwatch.StartNew();
switch (args)
{
    case ["make", var file, var megabytes, var persona, .. var rest] when rest.Length <= 1:
        Say(Recording.Make(file, Number(megabytes) * 1_000_000L, persona, rest is [var seed] ? (ulong)Number(seed) : 1));
        return 0;
    case ["read", var file]:
        Say(Read(file));
        return 0;
    default:
        Console.Error.WriteLine("usage: capture make FILE MEGABYTES PERSONA.JSON [SEED] | read FILE");
        return 64;
}

static string Read(string file)
{
    long handed = 0, bytes = 0;
    SortedSet<string> remarks = new(StringComparer.Ordinal);
    using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
    using CaptureFile capture = new(stream);
    Traffic traffic = new(new FlowReaders
    {
        Stream = flow => new Counter(flow, count => handed += count),
        Datagram = (_, _, payload, _) => handed += payload.Length,
        Finished = flow => remarks.UnionWith(flow.Remarks),
    });
    while (capture.TryRead(out CapturedPacket packet))
    {
        bytes += packet.Length;
        traffic.Read(packet);
    }
    traffic.End();
    return string.Create(CultureInfo.InvariantCulture, $"{capture.End}: {capture.Packets} packets, {bytes} bytes, {traffic.Flows} flows, {handed} bytes of payload, {traffic.Lost} lost; {string.Join("; ", remarks)}");
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

void Say(string what)
{
    string? peak = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what}: {clock.Elapsed.TotalSeconds:F2} s, user {Environment.CpuUsage.UserTime.TotalSeconds:F2} s, system {Environment.CpuUsage.PrivilegedTime.TotalSeconds:F2} s, peak {peak?[6..].Trim() ?? "unknown"}"));
}
