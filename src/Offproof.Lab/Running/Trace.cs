using System.Text.RegularExpressions;

namespace Offproof.Lab;

/// <summary>What strace saw of one command and its children.</summary>
internal sealed partial class Trace
{
    // The link carries the first two, and the capture has them; a Unix socket by a path is looked at by itself; netlink is the kernel's own. Others (vsock, Bluetooth) know no network namespace.
    private static readonly string[] Families = ["AF_INET", "AF_INET6", "AF_PACKET", "AF_UNIX", "AF_NETLINK"];

    // They give a file a second name, or another.
    private static readonly string[] Renaming = ["link", "linkat", "rename", "renameat", "renameat2"];

    // They say something of a file that they do not open - that it is there, its length, its time - or change it.
    private static readonly string[] Asking =
    [
        "symlink", "symlinkat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getxattr", "lgetxattr", "listxattr", "llistxattr",
        "inotify_add_watch", "name_to_handle_at", "chdir", "statfs", "truncate", "utimensat",
    ];

    internal static readonly string Calls = $"trace=network,openat,openat2,open,setns,io_uring_setup,{string.Join(',', Renaming.Concat(Asking).Select(static name => "?" + name))}";

    private readonly HashSet<string> bound = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Call)> sockets = [];
    private readonly List<string> leaving = [];
    private readonly List<(string Address, int Port)> called = [];

    /// <summary>Files and folders that it opened, by where the descriptor leads and not by how it was named: a name may be relative, or a link's.</summary>
    internal List<string> Opened { get; } = [];

    /// <summary>What it named to a call that opens nothing: of these the name is all there is.</summary>
    internal List<string> Asked { get; } = [];

    /// <summary>Calls that lead past the link: a Unix socket at which nobody of the device's side listens, another namespace, a ring whose calls are not seen.</summary>
    internal IEnumerable<string> Crossings(IEnumerable<Trace> all)
    {
        HashSet<string> within = [.. all.SelectMany(static trace => trace.bound)];
        return sockets.Where(socket => !within.Contains(socket.Path)).Select(static socket => socket.Call).Concat(leaving).Distinct(StringComparer.Ordinal);
    }

    /// <summary>Addresses that it called besides these ports of this machine: where nothing is sealed, they are in no capture.</summary>
    internal IEnumerable<string> Beside(IReadOnlyList<int> ports) => called.Where(end => !(end.Address == "127.0.0.1" && ports.Contains(end.Port))).Distinct().Select(static end => $"a call to {end.Address}:{end.Port}, which is not recorded");

    internal static Trace Read(IEnumerable<string> lines)
    {
        Trace trace = new();
        Dictionary<string, string> waiting = new(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            Match match = Line().Match(line);
            if (!match.Success) continue;
            (string process, string call) = (match.Groups["process"].Value, match.Groups["call"].Value);
            if (call.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                waiting[process] = call[..^"<unfinished ...>".Length];
                continue;
            }
            if (call.StartsWith("<... ", StringComparison.Ordinal) && waiting.Remove(process, out string? begun)) call = begun + call[(call.IndexOf('>', StringComparison.Ordinal) + 1)..];
            trace.Take(call);
        }
        // A call whose end was not seen may have done it.
        foreach (string call in waiting.Values) trace.Take(call + " = 0");
        return trace;
    }

    private void Take(string call)
    {
        Match result = Result().Match(call);
        string name = call.Split('(', 2)[0].Trim();
        // It need not succeed: to have tried is enough, and that a file is not there is something too.
        List<string>? named = Renaming.Contains(name, StringComparer.Ordinal) ? Opened : Asking.Contains(name, StringComparer.Ordinal) ? Asked : null;
        if (named is not null && Named().Match(call) is { Success: true } file && file.Groups["text"].Length > 0) named.Add(Full(file.Groups["folder"].Value, file.Groups["text"].Value));
        bool failed = result.Success && result.Groups["number"].Value is "-1" && result.Groups["error"].Value is not ("EINPROGRESS" or "EAGAIN" or "EINTR");
        if (failed) return;
        switch (name)
        {
            case "open" or "openat" or "openat2":
                if (Descriptor().Match(call) is { Success: true } opened) Opened.Add(opened.Groups["text"].Value);
                break;
            case "socket" when Socket().Match(call) is { Success: true } kind && !Families.Contains(kind.Groups["text"].Value, StringComparer.Ordinal):
            case "setns" or "io_uring_setup":
                leaving.Add(call.Trim());
                break;
            case "bind":
                if (Path().Match(call) is { Success: true } here) bound.Add(here.Groups["text"].Value);
                break;
            case "connect" or "sendto" or "sendmsg" or "sendmmsg":
                if (Called().Match(call) is { Success: true } end && int.Parse(end.Groups["port"].Value, System.Globalization.CultureInfo.InvariantCulture) is > 0 and var port) called.Add((end.Groups["address"].Value.Replace("::ffff:", "", StringComparison.Ordinal), port));
                if (Path().Match(call) is { Success: true } there) sockets.Add((there.Groups["text"].Value, $"{name} to the Unix socket {there.Groups["text"].Value}"));
                break;
            default:
                break;
        }
    }

    // The root of a process is the root; where no folder is told, a name stays relative.
    private static string Full(string folder, string name)
    {
        string path = folder.StartsWith('/') ? System.IO.Path.Combine(folder, name) : name;
        return path.StartsWith('/') ? Root().Replace(System.IO.Path.GetFullPath(path), "/") : path;
    }

    [GeneratedRegex(@"^/proc/(self|thread-self|\d+)/(task/\d+/)?root(/|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Root();

    [GeneratedRegex(@"^(?<process>\d+)\s+(?<call>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@" = (?<number>-?\d+|\?)( (?<error>E[A-Z]+)|<|$)", RegexOptions.ExplicitCapture | RegexOptions.RightToLeft, 1000)]
    private static partial Regex Result();

    [GeneratedRegex(@" = \d+<(?<text>.*)>$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"^\w+\((AT_FDCWD|\d+)?(<(?<folder>[^>]*)>)?(, )?""(?<text>[^""]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"sin6?_port=htons\((?<port>\d{1,5})\).*?(inet_addr\(|inet_pton\(AF_INET6, )""(?<address>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Called();

    [GeneratedRegex(@"^socket\((?<text>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Socket();

    // An abstract name (@"...") belongs to the network namespace, and leads nowhere.
    [GeneratedRegex(@"sun_path=""(?<text>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Path();
}
