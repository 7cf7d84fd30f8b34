namespace Offproof.Lab.Tests;

/// <summary>lab.md §1: what the lab reads of strace's lines.</summary>
public sealed class TraceTests
{
    [Theory]
    [InlineData("""10 openat(AT_FDCWD</run>, "phone/a.vcf", O_RDONLY|O_CLOEXEC) = 3</run/phone/a.vcf>""", "/run/phone/a.vcf")]
    [InlineData("""10 openat(AT_FDCWD</run>, "link", O_RDONLY) = 3</run/phone/a.vcf>""", "/run/phone/a.vcf")]
    [InlineData("""10 openat(4</run/phone>, "a.vcf", O_RDONLY) = 3</run/phone/a.vcf>""", "/run/phone/a.vcf")]
    [InlineData("""10 openat2(4</run/phone>, "a.vcf", {flags=O_RDONLY, resolve=0}, 24) = 3</run/phone/a.vcf>""", "/run/phone/a.vcf")]
    [InlineData("""10 open("a b", O_RDONLY) = 3</run/phone/a b>""", "/run/phone/a b")]
    [InlineData("""10 openat(AT_FDCWD</run>, "phone/b.vcf", O_RDONLY) = -1 ENOENT (No such file or directory)""", null)]
    // A second name need not have been given to have been tried.
    [InlineData("""10 linkat(AT_FDCWD</run/phone>, "a.vcf", AT_FDCWD</run>, "b", 0) = -1 EXDEV (Invalid cross-device link)""", "/run/phone/a.vcf")]
    [InlineData("""10 rename("/run/phone/a.vcf", "/run/b") = 0""", "/run/phone/a.vcf")]
    [InlineData("""10 renameat2(4</run/phone>, "a.vcf", AT_FDCWD</run>, "b", RENAME_NOREPLACE) = 0""", "/run/phone/a.vcf")]
    public void What_was_opened_is_where_the_descriptor_leads(string line, string? opened) => Assert.Equal(opened is null ? [] : [opened], Trace.Read([line]).Opened);

    [Theory]
    [InlineData("""stat("/run/phone/a.vcf", {st_mode=S_IFREG|0644, st_size=5, ...}) = 0""", "/run/phone/a.vcf")]
    [InlineData("""newfstatat(AT_FDCWD</run>, "phone/../phone/./a.vcf", {st_mode=S_IFREG|0644, st_size=5, ...}, 0) = 0""", "/run/phone/a.vcf")]
    [InlineData("""statx(4</run/phone>, "a.vcf", AT_STATX_SYNC_AS_STAT, STATX_ALL, {stx_mask=STATX_ALL, ...}) = 0""", "/run/phone/a.vcf")]
    [InlineData("""statx(AT_FDCWD</run>, "/proc/self/root/run/phone/a.vcf", 0, STATX_ALL, {stx_mask=STATX_ALL, ...}) = 0""", "/run/phone/a.vcf")]
    [InlineData("""faccessat2(AT_FDCWD</run>, "phone/b.vcf", F_OK, 0) = -1 ENOENT (No such file or directory)""", "/run/phone/b.vcf")]
    [InlineData("""access("phone/b.vcf", F_OK) = -1 ENOENT (No such file or directory)""", "phone/b.vcf")]
    [InlineData("""inotify_add_watch(3<anon_inode:inotify>, "phone", IN_CREATE) = 1""", "phone")]
    [InlineData("""symlinkat("/run/phone", 4</run/work>, "x") = 0""", "/run/phone")]
    [InlineData("""chdir("/run/phone") = 0""", "/run/phone")]
    public void What_was_asked_about_is_what_was_named(string call, string named)
    {
        Trace trace = Trace.Read(["10 " + call]);
        Assert.Equal([named], trace.Asked);
        Assert.Empty(trace.Opened);
    }

    [Theory]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("203.0.113.9")}, 16) = 0""", "203.0.113.9:443")]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("203.0.113.9")}, 16) = -1 EINPROGRESS (Operation now in progress)""", "203.0.113.9:443")]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::9", &sin6_addr), sin6_scope_id=0}, 28) = 0""", "2001:db8::9:443")]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::ffff:203.0.113.9", &sin6_addr), sin6_scope_id=0}, 28) = 0""", "203.0.113.9:443")]
    [InlineData("""sendto(3<socket:[7]>, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("203.0.113.53")}, 16) = 1""", "203.0.113.53:53")]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET, sin_port=htons(8443), sin_addr=inet_addr("127.0.0.1")}, 16) = 0""", "127.0.0.1:8443")]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.2")}, 16) = 0""", "127.0.0.2:8080")]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0""", null)]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET6, sin6_port=htons(8080), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::ffff:127.0.0.1", &sin6_addr), sin6_scope_id=0}, 28) = 0""", null)]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("203.0.113.9")}, 16) = -1 ENETUNREACH (Network is unreachable)""", null)]
    // How the C library asks for its own address: nothing is sent.
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("203.0.113.9")}, 16) = 0""", null)]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_UNSPEC, sa_data="\0\0\0\0\0\0\0\0\0\0\0\0\0\0"}, 16) = 0""", null)]
    public void A_call_beside_the_recorded_ports_is_named(string call, string? called) => Assert.Equal(called is null ? [] : [$"a call to {called}, which is not recorded"], Trace.Read(["10 " + call]).Beside([8080, 80]));

    [Theory]
    [InlineData("AF_INET", false), InlineData("AF_INET6", false), InlineData("AF_PACKET", false), InlineData("AF_UNIX", false), InlineData("AF_NETLINK", false)]
    [InlineData("AF_VSOCK", true), InlineData("AF_BLUETOOTH", true), InlineData("AF_ALG", true), InlineData("0x2d", true)]
    public void A_socket_of_a_family_past_the_link_is_a_crossing(string family, bool isCrossing)
    {
        string call = $"socket({family}, SOCK_STREAM, 0) = 3<socket:[7]>";
        Assert.Equal(isCrossing ? [call] : [], Crossings("10 " + call));
        Assert.Empty(Crossings($"10 socket({family}, SOCK_STREAM, 0) = -1 EAFNOSUPPORT (Address family not supported by protocol)"));
    }

    [Theory]
    [InlineData("setns(3</proc/1/ns/net>, CLONE_NEWNET) = 0", true)]
    [InlineData("setns(3</proc/1/ns/net>, CLONE_NEWNET) = -1 EPERM (Operation not permitted)", false)]
    [InlineData("io_uring_setup(8, {flags=0}) = 3<anon_inode:[io_uring]>", true)]
    public void What_leads_out_is_a_crossing(string call, bool isCrossing) => Assert.Equal(isCrossing ? [call] : [], Crossings("10 " + call));

    [Theory]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_UNIX, sun_path="/run/outside"}, 110) = 0""", "connect to the Unix socket /run/outside")]
    [InlineData("""sendto(3<socket:[7]>, "x", 1, 0, {sa_family=AF_UNIX, sun_path="/run/outside"}, 110) = 1""", "sendto to the Unix socket /run/outside")]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)""", null)]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_UNIX, sun_path=@"abstract"}, 110) = 0""", null)]
    [InlineData("""connect(3<socket:[7]>, {sa_family=AF_UNIX, sun_path="/run/own"}, 110) = 0""", null)]
    public void A_Unix_socket_at_which_nobody_within_listens_is_a_crossing(string call, string? crossing) =>
        Assert.Equal(crossing is null ? [] : [crossing], Crossings("""9 bind(3<socket:[6]>, {sa_family=AF_UNIX, sun_path="/run/own"}, 110) = 0""", "10 " + call));

    [Fact] // -f: other processes write between the two halves of a call
    public void The_halves_of_a_call_are_put_together_by_process()
    {
        Trace trace = Trace.Read(
        [
            """10 openat(AT_FDCWD</run>, "phone/a" <unfinished ...>""",
            """11 openat(AT_FDCWD</run>, "phone/b", O_RDONLY <unfinished ...>""",
            """10 <... openat resumed>, O_RDONLY) = 3</run/phone/a>""",
            """11 <... openat resumed>) = -1 ENOENT (No such file or directory)""",
            """12 <... openat resumed>) = 3</run/phone/c>""",
        ]);
        Assert.Equal(["/run/phone/a"], trace.Opened);
    }

    [Fact] // its process was killed: it may have done it
    public void A_call_whose_end_was_not_seen_counts() => Assert.Equal(["a call to 203.0.113.9:443, which is not recorded"],
        Trace.Read(["""10 connect(3<socket:[7]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("203.0.113.9")}, 16 <unfinished ...>"""]).Beside([]));

    [Theory]
    [InlineData(""), InlineData("strace: Process 12 attached"), InlineData("10 +++ exited with 0 +++"), InlineData("10 +++ killed by SIGKILL +++"), InlineData("10 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=11} ---")]
    [InlineData("10 "), InlineData("10 ("), InlineData("10 )"), InlineData("10 = "), InlineData("10 <... resumed>"), InlineData("10 <... "), InlineData("10 <unfinished ...>"), InlineData("x openat(AT_FDCWD, \"a\", O_RDONLY) = 3</a>"), InlineData("10 openat(AT_FDCWD"), InlineData("10 connect(3, {sa_family=AF_INET, sin_port=htons(99999999)")]
    [InlineData("""10 newfstatat(3</run/phone/a.vcf>, "", {st_mode=S_IFREG|0644, st_size=5, ...}, AT_EMPTY_PATH) = 0""")] // of what was opened already
    [InlineData("""10 sendto(3<socket:[7]>, " = 3</run/phone/a>", 18, 0, NULL, 0) = 18""")]
    public void Lines_that_are_no_such_call_say_nothing(string line)
    {
        Trace trace = Trace.Read([line]);
        Assert.Empty(trace.Opened);
        Assert.Empty(trace.Asked);
        Assert.Empty(trace.Crossings([trace]));
        Assert.Empty(trace.Beside([]));
    }

    static IEnumerable<string> Crossings(params string[] lines) => Trace.Read(lines) is var trace ? trace.Crossings([trace]) : [];
}
