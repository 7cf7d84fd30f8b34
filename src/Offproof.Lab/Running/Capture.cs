using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;

namespace Offproof.Lab;

/// <summary>One count of what went over the link, beside what the capture has.</summary>
/// <param name="Source"><c>interface</c> or <c>nft</c>.</param>
/// <param name="Direction">Of the device: <c>sent</c> or <c>received</c>.</param>
/// <param name="Bytes">Of whole frames; of nft, which counts behind the frame's head what comes in, with that head.</param>
public sealed record LinkCount(string Source, string Direction, long Packets, long Bytes, long CapturedPackets, long CapturedBytes, bool Equal);

/// <summary>dumpcap on the server's end of the link, from before the device's end goes up until after it went down.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Capture : IDisposable
{
    // dumpcap takes packets from the kernel in blocks, which are handed over a quarter of a second after they began.
    private static readonly TimeSpan Handover = TimeSpan.FromMilliseconds(700), Silence = TimeSpan.FromMilliseconds(150);

    private const int MostLooks = 30;

    private readonly Sealed within;
    private readonly Process? dumpcap;
    private readonly int number;

    private Capture(Sealed within, Process? dumpcap, int number, string file) => (this.within, this.dumpcap, this.number, File) = (within, dumpcap, number, file);

    internal string File { get; }

    internal static async Task<Capture> BeginAsync(Sealed within, string file, CancellationToken cancel)
    {
        if (!within.IsSealed) return new Capture(within, null, 0, file); // the front records
        // Its number within the namespaces, so that it can be told to end there.
        Process dumpcap = Sealed.Start(within.Server("sh", "-c", $"echo $$; exec dumpcap -q -B 64 -i server -w '{file}'"), null);
        int number = int.Parse(await dumpcap.StandardOutput.ReadLineAsync(cancel).ConfigureAwait(false) ?? "", NumberStyles.None, CultureInfo.InvariantCulture);
        string said = "";
        while (await dumpcap.StandardError.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            said += line + "\n";
            if (!line.StartsWith("File:", StringComparison.Ordinal)) continue;
            _ = dumpcap.StandardError.ReadToEndAsync(CancellationToken.None); // keeps its pipe from filling
            await Sealed.SayAsync(within.Device("sh", "-c", "ip link set device up && ip neigh replace 198.51.100.1 lladdr 02:00:00:00:00:01 dev device nud permanent && ip route add default via 198.51.100.1"), cancel).ConfigureAwait(false);
            return new Capture(within, dumpcap, number, file);
        }
        throw new LabException($"dumpcap did not begin: {said.Trim()}");
    }

    /// <summary>Waits until nothing goes over the link any more, reads the counters, takes the link down, ends the capture. What is sent over a link that goes down is counted here and not there.</summary>
    internal async Task<(WireFile Wire, IReadOnlyList<LinkCount> Counts, string Raw)> EndAsync(CancellationToken cancel)
    {
        if (dumpcap is null) return (WireFile.Read(await System.IO.File.ReadAllBytesAsync(File, cancel).ConfigureAwait(false)), [], "");
        (string rules, string link) = await QuietAsync(cancel).ConfigureAwait(false);
        await Sealed.SayAsync(within.Device("ip", "link", "set", "device", "down"), cancel).ConfigureAwait(false);
        await Task.Delay(Handover, cancel).ConfigureAwait(false);
        await Sealed.SayAsync(within.Server("kill", "-INT", number.ToString(CultureInfo.InvariantCulture)), cancel).ConfigureAwait(false);
        await dumpcap.WaitForExitAsync(cancel).ConfigureAwait(false);
        WireFile wire = WireFile.Read(await System.IO.File.ReadAllBytesAsync(File, cancel).ConfigureAwait(false));
        return (wire, Count(wire, link, rules), link + rules);
    }

    // The counters of a link that was silent between two looks at it; of one that is never silent, the last.
    private async Task<(string Rules, string Link)> QuietAsync(CancellationToken cancel)
    {
        (string Rules, string Link) before = default;
        for (int looks = 0; looks < MostLooks; looks++)
        {
            string both = await Sealed.SayAsync(within.Server("sh", "-c", "if command -v nft >/dev/null; then nft -j list ruleset; fi; echo; ip -s -j link show server"), cancel).ConfigureAwait(false);
            int end = both.TrimEnd().LastIndexOf('\n');
            (string Rules, string Link) now = end < 0 ? ("", both) : (both[..end].Trim(), both[(end + 1)..]);
            if (now == before) return now;
            before = now;
            await Task.Delay(Silence, cancel).ConfigureAwait(false);
        }
        return before;
    }

    public void Dispose() => dumpcap?.Dispose();

    internal static IReadOnlyList<LinkCount> Count(WireFile wire, string link, string rules)
    {
        List<LinkCount> counts = [];
        (long Packets, long Bytes) sent = Of(wire.Frames.Where(static frame => frame.IsFromDevice)), received = Of(wire.Frames.Where(static frame => !frame.IsFromDevice));
        using JsonDocument document = JsonDocument.Parse(link);
        JsonElement both = document.RootElement[0].GetProperty("stats64");
        Add("interface", "sent", both.GetProperty("rx"), sent, 0);
        Add("interface", "received", both.GetProperty("tx"), received, 0);
        if (rules.Length == 0) return counts;
        using JsonDocument list = JsonDocument.Parse(rules);
        foreach (JsonElement entry in list.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (!entry.TryGetProperty("rule", out JsonElement rule)) continue;
            bool isIn = rule.GetProperty("chain").GetString() == "in";
            // What comes in has lost the head of its frame where nft counts it.
            Add("nft", isIn ? "sent" : "received", rule.GetProperty("expr")[0].GetProperty("counter"), isIn ? sent : received, isIn ? Frame.Ethernet : 0);
        }
        return counts;

        void Add(string source, string direction, JsonElement counter, (long Packets, long Bytes) captured, int head)
        {
            long packets = counter.GetProperty("packets").GetInt64(), bytes = counter.GetProperty("bytes").GetInt64() + (packets * head);
            counts.Add(new LinkCount(source, direction, packets, bytes, captured.Packets, captured.Bytes, (packets, bytes) == captured));
        }
    }

    private static (long Packets, long Bytes) Of(IEnumerable<Frame> frames)
    {
        long packets = 0, bytes = 0;
        foreach (Frame frame in frames) (packets, bytes) = (packets + 1, bytes + frame.Length);
        return (packets, bytes);
    }
}
