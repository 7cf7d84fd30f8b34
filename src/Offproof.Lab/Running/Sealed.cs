using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Offproof.Lab;

/// <summary>The lab cannot work here, or did not; the message says why, the hint what helps.</summary>
public sealed class LabException(string message, string? hint = null) : Exception(message)
{
    /// <summary>What to do; null where there is nothing.</summary>
    public string? Hint { get; } = hint;
}

/// <summary>The namespaces of a run (lab.md §1). The kernel ends whatever runs in them when the first process does, and that waits for the end of its input, which is ours: nothing outlives the lab.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class Sealed : IAsyncDisposable
{
    internal const string DeviceAddress = "198.51.100.2", ServerAddress = "198.51.100.1", Name = "cloud.example.org";

    // Everything is inside the namespaces: the mounts, the links, the routes, the rules.
    private const string Setting = """
        set -eu
        mount -t tmpfs none /run
        mount -t tmpfs none /dev/shm
        mkdir -p /run/netns
        ip netns add device
        echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true
        echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null || true
        ip netns exec device sh -c 'for i in all default; do echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6 2>/dev/null || true; done'
        ip link add server address 02:00:00:00:00:01 type veth peer name device address 02:00:00:00:00:02
        ip link set device netns device
        ip link set lo up
        ip addr add 198.51.100.1/30 dev server
        ip -n device addr add 198.51.100.2/30 dev device
        ip -n device link set lo up
        printf '127.0.0.1 localhost\n198.51.100.1 cloud.example.org\n' >/run/hosts
        echo 'nameserver 198.51.100.1' >/run/resolv.conf
        mount --bind /run/hosts /etc/hosts
        mount --bind /run/resolv.conf /etc/resolv.conf
        if command -v nft >/dev/null; then
            nft 'add table netdev lab; add chain netdev lab in { type filter hook ingress device "server" priority 0; }; add rule netdev lab in counter; add chain netdev lab out { type filter hook egress device "server" priority 0; }; add rule netdev lab out counter' 2>/dev/null || true
        fi
        ip link set server up
        ip neigh replace 198.51.100.2 lladdr 02:00:00:00:00:02 dev server nud permanent
        echo ready
        cat >/dev/null
        """;

    private static readonly string[] OtherUsers = ["--user", "--map-root-user"], IntoUsers = ["-U", "--preserve-credentials"];

    private readonly Process? holder;

    private Sealed(Process? holder, int first, bool isUser) => (this.holder, First, HasUsers) = (holder, first, isUser);

    /// <summary>Without privileges there are no namespaces: programs run as any others of who runs the lab, and what they send to the front is recorded there (lab.md §7).</summary>
    internal bool IsSealed => holder is not null;

    internal string Isolation => !IsSealed ? "none" : HasUsers ? "user" : "root";

    /// <summary>The first process within, as the machine numbers it.</summary>
    internal int First { get; }

    /// <summary>Whether the users within are others than those of the machine: root there is none here.</summary>
    internal bool HasUsers { get; }

    internal static async Task<Sealed> MakeAsync(bool withoutPrivileges, CancellationToken cancel)
    {
        bool isSealed = !withoutPrivileges && Environment.IsPrivilegedProcess;
        foreach (string tool in isSealed ? (string[])["unshare", "nsenter", "ip", "dumpcap", "strace"] : ["strace"])
            if (Find(tool) is null) throw new LabException($"{tool} is not installed: the lab needs it", "util-linux, iproute2, wireshark-common, strace");
        if (!isSealed) return new Sealed(null, 0, isUser: false);
        return await TryAsync(isUser: true, cancel).ConfigureAwait(false) is { Made: { } made } ? made
            : await TryAsync(isUser: false, cancel).ConfigureAwait(false) is { Made: { } other } result ? other
            : throw new LabException($"namespaces cannot be made here: {(await TryAsync(isUser: false, cancel).ConfigureAwait(false)).Problem}");
    }

    private static async Task<(Sealed? Made, string Problem)> TryAsync(bool isUser, CancellationToken cancel)
    {
        Process holder = Start("unshare", [.. isUser ? OtherUsers : [], "--net", "--ipc", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "/bin/sh", "-c", Setting], null);
        string? said = await holder.StandardOutput.ReadLineAsync(cancel).ConfigureAwait(false);
        if (said == "ready") return (new Sealed(holder, Child(holder.Id), isUser), "");
        holder.StandardInput.Close();
        string problem = (await holder.StandardError.ReadToEndAsync(cancel).ConfigureAwait(false)).Trim();
        await holder.WaitForExitAsync(cancel).ConfigureAwait(false);
        holder.Dispose();
        return (null, problem);
    }

    /// <summary>A command on the server's side, as what has to be started.</summary>
    internal string[] Server(params IEnumerable<string> command) => !IsSealed ? [.. command] : ["nsenter", "-t", First.ToString(CultureInfo.InvariantCulture), .. HasUsers ? IntoUsers : [], "-m", "-n", "-p", .. command];

    /// <summary>A mount of its own: no second name of its files can be made outside of it (link and rename do not cross mounts).</summary>
    internal Task HoldAsync(string folder, CancellationToken cancel) => !IsSealed ? Task.CompletedTask : SayAsync(Server("mount", "--bind", folder, folder), cancel);

    internal string[] Device(params IEnumerable<string> command) => !IsSealed ? [.. command] : Server(["ip", "netns", "exec", "device", .. command]);

    /// <summary>Starts it with nothing of the caller's but its words and these variables.</summary>
    internal static Process Start(string[] command, IReadOnlyDictionary<string, string>? variables) => Start(command[0], command[1..], variables);

    internal static async Task<string> SayAsync(string[] command, CancellationToken cancel)
    {
        using Process process = Start(command, null);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
        string output = await process.StandardOutput.ReadToEndAsync(cancel).ConfigureAwait(false);
        await process.WaitForExitAsync(cancel).ConfigureAwait(false);
        return process.ExitCode == 0 ? output : throw new LabException($"{string.Join(' ', command)} ended with {process.ExitCode}: {(await errors.ConfigureAwait(false)).Trim()}");
    }

    /// <summary>A socket of the server's side; of the device's for the control.</summary>
    internal async Task<Socket> SocketAsync(bool isDevice)
    {
        if (!IsSealed) return new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // The device's namespace has no process of its own yet: one that waits lends its name.
        using Process? lender = isDevice ? Start(Device("sh", "-c", "echo ready; cat >/dev/null"), null) : null;
        if (lender is not null) await lender.StandardOutput.ReadLineAsync().ConfigureAwait(false);
        string path = lender is null ? $"/proc/{First}/ns/net" : $"/proc/{Child(lender.Id)}/ns/net";
        TaskCompletionSource<Socket> made = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread of its own: it stays in the namespace, and ends there.
        Thread thread = new(() =>
        {
            try
            {
                using Microsoft.Win32.SafeHandles.SafeFileHandle ns = File.OpenHandle(path);
                if (SetNamespace((int)ns.DangerousGetHandle(), NetworkNamespace) != 0) throw new LabException($"the namespace cannot be entered: error {Marshal.GetLastPInvokeError()}");
                made.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
#pragma warning disable CA1031 // it is thrown where the socket is waited for
            catch (Exception e)
#pragma warning restore CA1031
            {
                made.SetException(e);
            }
        });
        thread.Start();
        Socket socket = await made.Task.ConfigureAwait(false);
        if (lender is not null)
        {
            lender.StandardInput.Close();
            await lender.WaitForExitAsync().ConfigureAwait(false);
        }
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        if (holder is null) return;
        holder.StandardInput.Close();
        await holder.WaitForExitAsync().ConfigureAwait(false);
        holder.Dispose();
    }

    internal static string? Find(string tool) => ((string[])[.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/sbin"])
        .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);

    private static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables)
    {
        ProcessStartInfo start = new(Find(program) ?? program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        if (variables is not null)
        {
            start.Environment.Clear();
            foreach ((string name, string value) in variables) start.Environment[name] = value;
        }
        return Process.Start(start) ?? throw new LabException($"{program} did not start");
    }

    private static int Child(int process)
    {
        string children = File.ReadAllText($"/proc/{process}/task/{process}/children").Trim();
        return int.TryParse(children.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int child) ? child : throw new LabException("the namespaces ended as soon as they were made");
    }

    private const int NetworkNamespace = 0x40000000;

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
