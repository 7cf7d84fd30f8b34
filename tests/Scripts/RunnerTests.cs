using System.Diagnostics;

namespace Offproof.Scripts;

/// <summary>The runner itself: a script that must fail fails, at the right line, with what a person needs to see.</summary>
public sealed class RunnerTests : IDisposable
{
    // Stands in for the program: a server that can be told to misbehave, and verbs that end as told.
    const string Program = """
        #!/bin/sh
        case $1 in
        serve)
            test "$6" = --refuse && { echo 'no invitation' >&2; exit 5; }
            test "$6" = --mute && exec sleep 300
            trap 'echo stopping; exit 0' TERM
            test "$6" = --deaf && trap '' TERM
            port=${5##*:}; test "$port" = 0 && port=49152
            echo "$$" >"$3.pid"
            echo "listening on http://127.0.0.1:$port" >&2
            test "$6" = --crash && sleep 0.3 && exit 9
            # Not one sleep after another: a shell that is paused between its child's start and exec is not said to be stopped (vfork).
            while :; do sleep 300 >/dev/null 2>&1 & wait; done ;;
        end) exit "$2" ;;
        crash) kill -SEGV $$ ;;
        leave) sleep 300 & exit 0 ;;
        *) echo "args $*"; cat; echo talk >&2 ;;
        esac
        """;

    readonly string folder = Directory.CreateTempSubdirectory("offproof-runner-").FullName;
    readonly string program;

    public RunnerTests()
    {
        program = Path.Combine(folder, "offproof");
        string text = Path.Combine(folder, "program");
        File.WriteAllText(text, Program);
        // By a process of its own: one that another test starts meanwhile would hold it open for writing, and what is written cannot be executed.
        using Process install = Process.Start("install", ["-m", "700", text, program]);
        install.WaitForExit();
        Assert.Equal(0, install.ExitCode);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("exec true")]
    [InlineData("! exec false")]
    [InlineData("! offproof end 5\nexit 5")]
    [InlineData("! offproof end 130\nexit 130")]
    [InlineData("offproof say 'it''s $HOME'   # a comment\nstdout '^args say it''s \\$HOME$'\nstderr talk\n! stdout talk\nexit 0")]
    [InlineData("exec sh -c 'test \"$OFFPROOF_HOME\" = \"$WORK/home\" && test \"$PWD\" = \"$WORK\" && test ! -e \"$HOME/.config\"'")]
    [InlineData("exec sh -c 'command -v offproof'")]
    [InlineData("env A=b\nexec echo $A-${A}c $\nstdout '^b-bc \\$$'")]
    [InlineData("write d/a one\nexists d d/a d/?\n! exists b d/b*\ncp d e\ncmpdir d e\ncmp d/a e/a\nflip e/a 0\n! cmp d/a e/a\n! cmpdir d e\nexec cat e/a\nstdout ^nne$")]
    [InlineData("write a one\ntruncate a -1\nexec cat a\ncp stdout b\ncmp a b\ncmp stdout a\nrm a b\n! exists a b")]
    [InlineData("mkdir d/e f/e\ncmpdir d f\ncd d\nexists e ../f/e\nexec pwd\nstdout /run/d$")]
    [InlineData("stdin in.txt\noffproof\nstdout typed\noffproof\n! stdout typed\n-- in.txt --\ntyped")]
    [InlineData("exec cat a/b.txt\nstdout '^two$'\nexists c\n-- a/b.txt --\none\ntwo\n-- c --")]
    [InlineData("exec echo id=42;\ncapture ID 'id=(\\d+)'\nexec echo $ID\nstdout ^42$")]
    [InlineData("exec cat j\njson a[0].b == x\njson a[b=y].n >= 2\njson a.length == 2\njson a[1].b matches ^y\njson ok == true\njson s contains 'b c'\njson none == null\n! json a[2]\n! json b.c\njson e.length == 0\n-- j --\n{\"a\":[{\"b\":\"x\"},{\"b\":\"y\",\"n\":2}],\"ok\":true,\"s\":\"a b c\",\"none\":null,\"e\":[]}")]
    [InlineData("server start\nexec echo $SERVER\nstdout ^http://127.0.0.1:49152$\nserver log listening\n! server log names\nserver restart\nserver log 49152\nserver stop\nserver start\nserver kill")]
    [InlineData("exec sh -c 'sleep 0.2; echo late; touch b' &\nexec echo now\nstdout now\nawait b\nwait\nstdout late")]
    [InlineData("exec sh -c 'trap ''exit 5'' INT; touch ready; while :; do sleep 0.05; done' &\nawait r*y\nsignal INT\n! wait\nexit 5")]
    [InlineData("stdin in.txt\nexec cat &\nexec true\n! stdout typed\nwait\nstdout typed\n-- in.txt --\ntyped")]
    [InlineData("server start\nserver pause\nexec sh -c 'grep -q ''^State:.T'' /proc/$(cat $WORK/server.pid)/status'\nserver resume\nserver stop")]
    [InlineData("tmpfs d 1m\n! exec sh -c 'head -c 1500000 /dev/zero >d/a'\nstderr 'No space left'\ntmpfs d 2m\nexec sh -c 'head -c 1500000 /dev/zero >d/a'")]
    [InlineData("exec sh -c 'test -x $ROOT/offproof'")]
    [InlineData("! offproof serve --data d --listen http://127.0.0.1:0 --refuse\nexit 5")]
    public async Task A_script_that_holds_passes(string text) => await RunAsync(text);

    [Theory]
    [InlineData("", "s.txt: the script has no command")]
    [InlineData("# nothing\n\nexec false", "s.txt:3: exec false\n  the command ended with 1")]
    [InlineData("exec true\n! exec true", "s.txt:2: ! exec true\n  the command had to fail, and ended with 0")]
    [InlineData("! offproof crash", "the command crashed: exit code 139")]
    [InlineData("! exec nosuchtool", "nosuchtool is not installed")]
    [InlineData("exec true\nexit 1", "s.txt:2: exit 1\n  the exit code is 0")]
    [InlineData("stdout x", "no command has run yet")]
    [InlineData("exec echo out\nstdout x", "stdout does not match 'x'\nlast command: echo out\nexit code: 0\n--- stdout\nout\n--- stderr")]
    [InlineData("exec echo out\n! stdout out", "stdout matches 'out'")]
    [InlineData("offproof\n! stderr talk", "stderr matches 'talk'")]
    [InlineData("exec echo $NOSUCH", "$NOSUCH is not set")]
    [InlineData("exec echo 'a", "a quote is not closed")]
    [InlineData("exists a", "a does not exist")]
    [InlineData("write a b\n! exists a", "a exists")]
    [InlineData("write a b\n! exists c a", "a exists")]
    [InlineData("write a x\nwrite b y\ncmp a b", "a (2 bytes) and b (2 bytes) differ from byte 0")]
    [InlineData("write a x\ncp a b\n! cmp a b", "a and b are equal")]
    [InlineData("write d/a x\nwrite e/a y\ncmpdir d e", "a: other bytes")]
    [InlineData("write d/a x\nmkdir e\ncmpdir d e", "a: a file in d, nothing in e")]
    [InlineData("mkdir d/a\nmkdir e\ncmpdir d e", "a: a folder in d, nothing in e")]
    [InlineData("mkdir d e\nexec ln -s x d/l\nexec ln -s y e/l\ncmpdir d e", "l: a link to x in d, a link to y in e")]
    [InlineData("mkdir d e\n! cmpdir d e", "d and e are equal")]
    [InlineData("cmpdir d e", "d does not exist")]
    [InlineData("write a x\nflip a 2", "so none at 2")]
    [InlineData("write a x\ntruncate a 2", "does not shorten it")]
    [InlineData("rm a", "a does not exist")]
    [InlineData("exec echo '{\"a\":1}'\njson a == 2", "a is 1")]
    [InlineData("exec echo '{\"a\":1}'\njson b != 2", "b is not there")]
    [InlineData("exec echo '{\"a\":1}'\n! json a", "a is there")]
    [InlineData("exec echo '{\"a\":1}'\n! json a == 2", "s.txt:2:")]
    [InlineData("exec echo '{\"a\":1'\njson a == 1", "s.txt:2:")]
    [InlineData("exec echo '{\"a\":1}'\njson a = 1", "= is not one of")]
    [InlineData("exec sleep 300 &\nexec false", "s.txt:2: exec false")]
    [InlineData("exec sleep 300 &", "the script ended while a command was running in the background")]
    [InlineData("exec sleep 300 &\nexec sleep 300 &", "a command is already running in the background")]
    [InlineData("exec false &\nwait", "s.txt:2: wait\n  the command ended with 1")]
    [InlineData("exec true &\n! wait", "the command had to fail, and ended with 0")]
    [InlineData("! exec true &", "! wait")]
    [InlineData("exec true &\nawait never", "the command in the background ended, and never does not exist")]
    [InlineData("limit 1\nawait never", "never did not come to exist")]
    [InlineData("limit 1\nexec sleep 300 &\nwait", "did not end within 1 s")]
    [InlineData("exec true &\nexec sleep 0.3\nsignal INT", "had ended before INT was sent")]
    [InlineData("wait", "no command is running in the background")]
    [InlineData("tmpfs d nonsense", "cannot be mounted")]
    [InlineData("dance", "unknown command, or wrong arguments: dance")]
    [InlineData("! write a b", "write cannot be negated")]
    [InlineData("limit 1\nexec sleep 50", "did not end within 1 s")]
    [InlineData("limit 1\noffproof leave", "did not end within 1 s")]
    [InlineData("server start --refuse", "the server ended with exit code 5 before it listened")]
    [InlineData("limit 1\nserver start --mute", "the server did not say on stderr")]
    [InlineData("server start --crash\nexec sleep 1\nexec true", "s.txt:3: exec true\n  the server has ended by itself, with exit code 9")]
    [InlineData("server start --crash\nexec sleep 1\nserver stop", "the server had already ended by itself")]
    [InlineData("server start --deaf\nlimit 1\nserver stop", "the server did not stop when it was asked to")]
    [InlineData("server start\n! server log listening", "the server's log matches 'listening'")]
    [InlineData("server stop", "no server is running")]
    public async Task A_script_that_does_not_hold_fails_at_its_line(string text, string message)
    {
        var failure = await Assert.ThrowsAsync<ScriptFailedException>(() => RunAsync(text));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_does_not_outlive_a_script_that_fails()
    {
        var pid = Path.Combine(folder, "pid");
        await Assert.ThrowsAsync<ScriptFailedException>(() => RunAsync($"server start\ncp server.pid {pid}\nexec false"));
        var process = (await File.ReadAllTextAsync(pid, TestContext.Current.CancellationToken)).Trim();
        Assert.False(await StillRunsAsync(process), "the server still runs");
    }

    [Fact]
    public async Task What_a_command_left_running_is_ended_at_its_limit()
    {
        var pid = Path.Combine(folder, "left");
        await Assert.ThrowsAsync<ScriptFailedException>(() => RunAsync($"limit 1\nexec sh -c 'sleep 300 & echo $! >{pid}'"));
        var process = (await File.ReadAllTextAsync(pid, TestContext.Current.CancellationToken)).Trim();
        Assert.False(await StillRunsAsync(process), "it still runs");
    }

    [Fact]
    public async Task The_folder_of_a_script_is_deleted()
    {
        var seen = Path.Combine(folder, "seen");
        await RunAsync($"exec pwd\ncp stdout {seen}");
        Assert.False(Directory.Exists((await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken)).Trim()));
    }

    // A killed process needs a moment; a zombie (Z) has ended, and whoever adopted it has not yet taken notice.
    static async Task<bool> StillRunsAsync(string process)
    {
        for (var i = 0; i < 100; i++)
        {
            try
            {
                if ((await File.ReadAllTextAsync($"/proc/{process}/stat")).Contains(") Z ", StringComparison.Ordinal))
                    return false;
            }
            catch (IOException)
            {
                return false;
            }
            await Task.Delay(50);
        }
        return true;
    }

    Task RunAsync(string text) => ScriptRun.RunAsync(Script.Parse("s.txt", text), program);
}
