using System.Runtime.Versioning;

// The launcher is a bash script.
[assembly: UnsupportedOSPlatform("windows")]

namespace Offproof.House;

/// <summary>./offproof in a small copy of the repository, with a compiler that only counts: when it builds, when it does not, and what it passes on.</summary>
public sealed class LauncherTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("offproof-launcher-").FullName;

    public LauncherTests()
    {
        foreach (var name in new[] { "offproof", "tools/publish", "tools/sdk.sh", "tools/listing.sh" })
        {
            Write(name, File.ReadAllText(Path.Combine(Repository.Root, name)));
            File.SetUnixFileMode(Path.Combine(folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        foreach (var name in new[] { "Directory.Build.props", "BannedSymbols.txt", "global.json", ".editorconfig", "src/Offproof.Cli/Program.cs", "src/Offproof.Vault/Pack.cs", "greetings/en.jsonl" })
            Write(name, name);
        Directory.CreateDirectory(Path.Combine(folder, "sdk", "sdk"));
        // publish -o FOLDER: counts itself, fails where a source says so, and leaves a program that shows what reaches it.
        Write("sdk/dotnet", """
            #!/bin/bash
            echo x >>"$(dirname "$0")/builds"
            sleep 0.2
            while [ "$1" != -o ]; do shift; done
            mkdir -p "$2"
            if grep -rq BROKEN src; then echo "src/X.cs(1,1): error CS1002: ; expected"; exit 1; fi
            touch "$2/offproof.dll"
            printf '#!/bin/bash\necho "args:"; printf "<%%s>" "$@"; echo; echo "in: $(cat)"; echo "cwd: $PWD"; echo talk >&2; exit 42\n' >"$2/offproof"
            chmod +x "$2/offproof"
            """);
        File.SetUnixFileMode(Path.Combine(folder, "sdk/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    int Builds => File.Exists(Path.Combine(folder, "sdk/builds")) ? File.ReadAllLines(Path.Combine(folder, "sdk/builds")).Length : 0;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Arguments_input_folder_and_exit_code_pass_through_a_symlink()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(folder, "else where")).FullName;
        File.CreateSymbolicLink(Path.Combine(elsewhere, "op"), "../offproof");
        var run = await StartAsync(elsewhere, "./op", "a b", "", "--x=*");
        Assert.Equal(42, run.ExitCode);
        Assert.Equal($"args:\n<a b><><--x=*>\nin: typed\ncwd: {elsewhere}\n", run.Output);
        // The longer where there is a linker for a native program.
        Assert.Matches("^offproof: building \\(first run, about (a minute|four minutes)\\)\\.\\.\\.\ntalk\n$", run.Errors);
    }

    [Fact]
    public async Task It_builds_once_and_says_nothing_afterwards()
    {
        await StartAsync();
        var second = await StartAsync();
        Assert.Equal(1, Builds);
        Assert.Equal("talk\n", second.Errors);
    }

    [Fact]
    public async Task A_changed_an_added_and_a_deleted_file_each_build_again()
    {
        await StartAsync();
        Write("src/Offproof.Vault/Pack.cs", "changed");
        await StartAsync();
        Assert.Equal(2, Builds);
        Write("src/Offproof.Vault/New.cs", "");
        await StartAsync();
        Assert.Equal(3, Builds);
        File.Delete(Path.Combine(folder, "src/Offproof.Cli/Program.cs"));
        await StartAsync();
        Assert.Equal(4, Builds);
        Write(".editorconfig", "changed");
        await StartAsync();
        Assert.Equal(5, Builds);
        Write("greetings/en.jsonl", "{}"); // a part of the program
        await StartAsync();
        Assert.Equal(6, Builds);
    }

    [Fact]
    public async Task A_change_that_keeps_an_old_time_is_seen()
    {
        await StartAsync();
        Write("src/Offproof.Vault/Pack.cs", "older");
        File.SetLastWriteTimeUtc(Path.Combine(folder, "src/Offproof.Vault/Pack.cs"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await StartAsync();
        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task The_same_content_is_not_built_twice()
    {
        await StartAsync();
        var path = Path.Combine(folder, "src/Offproof.Vault/Pack.cs");
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Write("src/Offproof.Vault/Pack.cs", "other");
        await StartAsync();
        Write("src/Offproof.Vault/Pack.cs", text);
        await StartAsync();
        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task What_compilers_leave_behind_does_not_count()
    {
        await StartAsync();
        Write("src/Offproof.Vault/obj/project.assets.json", "");
        Write("src/Offproof.Vault/bin/x.dll", "");
        await StartAsync();
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Of_several_started_at_once_one_builds()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync()));
        Assert.All(runs, run => Assert.Equal(42, run.ExitCode));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task A_failed_build_shows_its_errors_and_the_old_program_does_not_run()
    {
        await StartAsync();
        Write("src/Offproof.Vault/Pack.cs", "BROKEN");
        var run = await StartAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("error CS1002: ; expected", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, Builds);
        Assert.Contains("offproof: error: the program could not be built\nhint: ", run.Errors, StringComparison.Ordinal);
        Write("src/Offproof.Vault/Pack.cs", "mended");
        Assert.Equal(42, (await StartAsync()).ExitCode);
    }

    [Fact]
    public async Task Where_no_native_program_can_be_built_there_is_the_other_one()
    {
        var sdk = await File.ReadAllTextAsync(Path.Combine(folder, "sdk/dotnet"), TestContext.Current.CancellationToken);
        Write("sdk/dotnet", sdk.Replace("#!/bin/bash\n", "#!/bin/bash\ncase \"$*\" in *OffproofNative*) echo native >>\"$(dirname \"$0\")/natives\"; exit 1 ;; esac\n", StringComparison.Ordinal));
        Assert.Equal(42, (await StartAsync()).ExitCode);
        Assert.Equal(1, Builds);
        // With a linker it was tried, and not again.
        Assert.Equal(42, (await StartAsync()).ExitCode);
        Assert.True(!File.Exists(Path.Combine(folder, "sdk/natives")) || (await File.ReadAllLinesAsync(Path.Combine(folder, "sdk/natives"), TestContext.Current.CancellationToken)).Length == 1);
    }

    [Fact]
    public async Task Without_a_home_folder_it_builds()
    {
        var run = await StartWithHomeAsync(null, folder, "./offproof");
        Assert.Equal(42, run.ExitCode);
    }

    [Fact]
    public async Task Without_an_SDK_it_says_what_to_do()
    {
        var script = await File.ReadAllTextAsync(Path.Combine(folder, "tools/sdk.sh"), TestContext.Current.CancellationToken);
        Write("tools/sdk.sh", script.Replace("/usr/share/dotnet /usr/lib/dotnet", "/nowhere", StringComparison.Ordinal));
        Directory.Delete(Path.Combine(folder, "sdk"), recursive: true);
        foreach (var tool in new[] { "bash", "find", "sort", "dirname", "readlink" })
            File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName, tool), "/usr/bin/" + tool);
        var run = await Programs.RunAsync(folder, "/bin/bash", ["./offproof"], Environment(folder, Path.Combine(folder, "bin")));
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("offproof: error: the .NET SDK was not found\nhint: ", run.Errors, StringComparison.Ordinal);
    }

    Task<ProgramResult> StartAsync() => StartAsync(folder, "./offproof");

    Task<ProgramResult> StartAsync(string cwd, string program, params string[] arguments) => StartWithHomeAsync(folder, cwd, program, arguments);

    Task<ProgramResult> StartWithHomeAsync(string? home, string cwd, string program, params string[] arguments) =>
        Programs.RunAsync(cwd, "/bin/bash", ["-c", "exec \"$0\" \"$@\"", program, .. arguments], Environment(home, "/usr/bin:/bin"), "typed");

    Dictionary<string, string?> Environment(string? home, string path) => new(StringComparer.Ordinal)
    {
        ["DOTNET_ROOT"] = Path.Combine(folder, "sdk"),
        ["HOME"] = home,
        ["PATH"] = path,
    };

    void Write(string path, string text)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
