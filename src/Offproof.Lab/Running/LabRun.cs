using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Offproof.Lab;

/// <summary>The lab (lab.md): a scenario in, what it was worth and what was seen out.</summary>
[SupportedOSPlatform("linux")]
public static class Laboratory
{
    /// <summary>Runs a scenario.</summary>
    /// <exception cref="ScenarioException">The scenario cannot be read.</exception>
    /// <exception cref="LabException">The lab cannot work here, or a step could not be done.</exception>
    public static async Task<LabReport> RunAsync(LabRequest request, CancellationToken cancel = default)
    {
        IReadOnlyList<Step> steps = Scenario.Read(await File.ReadAllTextAsync(request.Scenario, cancel).ConfigureAwait(false));
        using RunFolder folder = RunFolder.Make(request.Keep);
        LabRun run = new(request, steps, folder.Path);
        await using (run.ConfigureAwait(false)) return await run.RunAsync(cancel).ConfigureAwait(false);
    }
}

/// <summary>A section as it was lived.</summary>
internal sealed class Section(string name, TimeSpan from)
{
    internal string Name { get; } = name;

    internal TimeSpan From { get; } = from;

    internal TimeSpan To { get; set; } = TimeSpan.MaxValue;

    internal List<Step> Expected { get; } = [];

    internal List<Trace> Traces { get; } = [];
}

/// <summary>One run at work.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LabRun(LabRequest request, IReadOnlyList<Step> steps, string folder) : IAsyncDisposable
{
    // What ends a connection may come after the program that had it.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    private readonly Phone phone = new(Path.Combine(folder, "phone"));
    private readonly List<(int Line, string File, Section Section)> traced = [];
    private readonly List<(Step Step, Process? Process)> started = [];
    private readonly List<Process> servers = [];
    private readonly List<(TimeSpan From, TimeSpan Offset)> clock = [(TimeSpan.Zero, TimeSpan.Zero)];
    private Sealed? within;
    private Front? front;
    private int commands;
    private bool isServing;

    internal string Folder => folder;

    internal string PhoneFolder => phone.Folder;

    internal List<Section> Sections { get; } = [];

    internal List<StepReport> Done { get; } = [];

    internal List<string> Broken { get; } = [];

    internal string? Persona { get; private set; }

    internal string? Ledger { get; private set; }

    internal TimeSpan Begun { get; private set; }

    internal async Task<LabReport> RunAsync(CancellationToken cancel)
    {
        foreach (string name in (string[])["phone", "steps", "strace", "bin", "sections"]) Directory.CreateDirectory(Path.Combine(folder, name));
        foreach ((string name, byte[] content) in request.Files) await File.WriteAllBytesAsync(Path.Combine(folder, name), content, cancel).ConfigureAwait(false);
        if (request.Program is { } program) WriteProgram(program);
        if (request.Persona is { } given) Plant(Path.GetFullPath(given));
        within = await Sealed.MakeAsync(request.WithoutPrivileges, cancel).ConfigureAwait(false);
        await within.HoldAsync(phone.Folder, cancel).ConfigureAwait(false);
        front = Front.Make(within);
        if (!within.IsSealed) front.Record(Path.Combine(folder, "capture.pcapng"));
        await File.WriteAllTextAsync(Path.Combine(folder, "authority.pem"), front.Authority, cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "clock"), "+0\n", cancel).ConfigureAwait(false);
        bool hasServer = steps.Any(static step => step.Word == "server");
        await front.SinkAsync(Front.ControlPort, isTls: true).ConfigureAwait(false);
        if (hasServer) await front.ServeAsync().ConfigureAwait(false);
        using Capture capture = await Capture.BeginAsync(within, Path.Combine(folder, "capture.pcapng"), cancel).ConfigureAwait(false);
        string datum = Datum();
        (long sent, long received) = await front.ControlAsync(datum, cancel).ConfigureAwait(false);
        await Task.Delay(Settling, cancel).ConfigureAwait(false);
        Begun = Now;
        Sections.Add(new Section("setup", Begun));
        foreach (Step step in steps)
        {
            request.Say(step.Text);
            int? exit = await DoAsync(step, cancel).ConfigureAwait(false);
            Done.Add(new StepReport(step.Line, step.Text, exit));
            if (step.Word != "run" || exit == step.Exit || step.Exit is null) continue;
            Broken.Add($"line {step.Line}: '{step.Rest}' ended with {exit}, not {step.Exit}{Said()}");
            break; // what follows would be another scenario
        }
        await EndStartedAsync().ConfigureAwait(false);
        await Task.Delay(Settling, cancel).ConfigureAwait(false);
        Sections[^1].To = Now;
        // What a command left behind would go on sending while the counters are read.
        if (within.IsSealed) await Sealed.SayAsync(within.Server("sh", "-c", "kill -9 $(ip netns pids device) 2>/dev/null; true"), cancel).ConfigureAwait(false);
        await front.DisposeAsync().ConfigureAwait(false);
        (WireFile wire, IReadOnlyList<LinkCount> counts, string raw) = await capture.EndAsync(cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "counters.txt"), raw, cancel).ConfigureAwait(false);
        File.Copy(Front.KeyLog, Path.Combine(folder, "keys.txt"), overwrite: true);
        if (Ledger is not null && File.Exists(Ledger) && Path.GetFullPath(Ledger) != Path.Combine(folder, "ledger.ndjson")) File.Copy(Ledger, Path.Combine(folder, "ledger.ndjson"));
        List<(int Line, Trace Trace)> traces = [];
        foreach ((int line, string file, Section section) in traced)
        {
            if (!File.Exists(file))
            {
                Broken.Add($"line {line}: strace wrote nothing");
                continue;
            }
            Trace trace = Trace.Read(await File.ReadAllLinesAsync(file, cancel).ConfigureAwait(false));
            traces.Add((line, trace));
            section.Traces.Add(trace);
        }
        return Worth.Of(this, wire, counts, traces, datum, (sent, received), within, front.Ports, cancel);
    }

    /// <summary>The machine's time, of a time of the device's side: the lab sets its clock forward.</summary>
    internal TimeSpan Real(TimeSpan shown)
    {
        (TimeSpan _, TimeSpan offset) = clock.FindLast(part => part.From + part.Offset <= shown);
        return shown - offset;
    }

    private async Task<int?> DoAsync(Step step, CancellationToken cancel)
    {
        switch (step.Word)
        {
            case "persona" when Persona is null:
                await PersonaAsync(step, cancel).ConfigureAwait(false);
                return null;
            case "persona":
                return null;
            case "server":
                await ServerAsync(step, cancel).ConfigureAwait(false);
                return null;
            case "sink":
                await front!.SinkAsync(int.Parse(step.Rest, CultureInfo.InvariantCulture), isTls: step.Rest == "443").ConfigureAwait(false);
                return null;
            case "ledger":
                Ledger = Path.GetFullPath(step.Rest.Replace("$WORK", folder, StringComparison.Ordinal).Replace("$OFFPROOF_HOME", Path.Combine(folder, "home"), StringComparison.Ordinal), folder);
                return null;
            case "section":
                await Task.Delay(Settling, cancel).ConfigureAwait(false);
                Sections[^1].To = Now;
                Sections.Add(new Section(step.Rest, Sections[^1].To));
                return null;
            case "run":
                return await RunAsync(step, cancel).ConfigureAwait(false);
            case "start":
                started.Add((step, Start(step)));
                return null;
            case "stop":
                await EndStartedAsync().ConfigureAwait(false);
                started.Clear();
                return null;
            case "reboot":
                await EndStartedAsync().ConfigureAwait(false);
                for (int i = 0; i < started.Count; i++) started[i] = (started[i].Step, Start(started[i].Step));
                return null;
            case "wait":
                await WaitAsync(Scenario.Duration(step.Rest)!.Value, cancel).ConfigureAwait(false);
                return null;
            case "expect":
                Sections[^1].Expected.Add(step);
                return null;
            default:
                phone.Do(step);
                return null;
        }
    }

    private async Task<int> RunAsync(Step step, CancellationToken cancel)
    {
        using Process process = Start(step);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(request.Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new LabException($"line {step.Line}: '{step.Rest}' did not end within {request.Patience.TotalSeconds:0} seconds", "what runs in the background is begun with start");
        }
        return process.ExitCode;
    }

    // Under strace, with its own shell; what it writes goes into a file, so that a pipe that a child keeps holds nobody up.
    private Process Start(Step step)
    {
        string output = NewOutput();
        string trace = Path.Combine(folder, "strace", Path.GetFileNameWithoutExtension(output) + ".txt");
        traced.Add((step.Line, trace, Sections[^1]));
        return Sealed.Start(within!.Device("strace", "-f", "-y", "--seccomp-bpf", "-qq", "-s", "256", "-o", trace, "-e", Trace.Calls, "/bin/sh", "-c", Line(step, output)), Variables);
    }

    private string Line(Step step, string output) => $"cd '{folder}' && exec >'{output}' 2>&1 </dev/null\n{Clock}{step.Rest}";

    private async Task ServerAsync(Step step, CancellationToken cancel)
    {
        if (isServing) throw new LabException($"line {step.Line}: a scenario has one server");
        isServing = true;
        if (await front!.IsBehindAsync().ConfigureAwait(false)) throw new LabException($"line {step.Line}: something listens on 127.0.0.1:{Front.Behind} already");
        Process server = Sealed.Start(within!.Server("/bin/sh", "-c", Line(step, NewOutput())), Variables);
        servers.Add(server);
        for (int tries = 0; !await front!.IsBehindAsync().ConfigureAwait(false); tries++)
        {
            if (server.HasExited) throw new LabException($"line {step.Line}: the server ended with {server.ExitCode}{Said()}");
            if (tries > 300) throw new LabException($"line {step.Line}: nothing answers on 127.0.0.1:{Front.Behind}");
            await Task.Delay(100, cancel).ConfigureAwait(false);
        }
    }

    private async Task PersonaAsync(Step step, CancellationToken cancel)
    {
        // Not on the device's side: what plants is not what is looked at.
        using Process process = Sealed.Start(within!.Server("/bin/sh", "-c", $"cd '{folder}' && exec >'{NewOutput()}' 2>&1 </dev/null\noffproof persona new '{folder}/persona' {step.Rest}"), Variables);
        await process.WaitForExitAsync(cancel).ConfigureAwait(false);
        if (process.ExitCode != 0) throw new LabException($"line {step.Line}: the persona could not be planted{Said()}");
        Plant(Path.Combine(folder, "persona", "persona.json"));
    }

    private void Plant(string persona)
    {
        Persona = persona;
        phone.Plant(Path.GetDirectoryName(persona)!);
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken cancel)
    {
        if (time < TimeSpan.FromMinutes(1))
        {
            await Task.Delay(time, cancel).ConfigureAwait(false);
            return;
        }
        if (FakeTime is null) throw new LabException("libfaketime is not installed: the clock cannot be set forward", "the package libfaketime; or wait for less than 1m");
        TimeSpan offset = clock[^1].Offset + time;
        clock.Add((Now, offset));
        // In one piece: a program may read it at any time, and does so each second; each time, under strace, is minutes of a run.
        string file = Path.Combine(folder, "clock");
        await File.WriteAllTextAsync(file + ".new", $"+{(long)offset.TotalSeconds}\n", cancel).ConfigureAwait(false);
        File.Move(file + ".new", file, overwrite: true);
        await Task.Delay(TimeSpan.FromSeconds(2), cancel).ConfigureAwait(false);
    }

    private async Task EndStartedAsync()
    {
        for (int i = 0; i < started.Count; i++)
        {
            if (started[i].Process is not { } process) continue;
            if (!process.HasExited)
            {
                // strace passes it on to whom it follows; what does not end by it goes with the namespaces.
                await Sealed.SayAsync(["/bin/sh", "-c", $"kill -TERM {string.Join(' ', Descendants(process.Id))} 2>&1; true"], CancellationToken.None).ConfigureAwait(false);
                using CancellationTokenSource limit = new(TimeSpan.FromSeconds(25));
                try
                {
                    await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    Broken.Add($"line {started[i].Step.Line}: '{started[i].Step.Rest}' did not end when it was told to");
                }
            }
            process.Dispose();
            started[i] = (started[i].Step, null);
        }
    }

    // All below a process that the lab started, but strace and what leads to it, which end with them.
    private static IEnumerable<int> Descendants(int process)
    {
        foreach (string path in Directory.GetDirectories($"/proc/{process}/task"))
        {
            string[] children;
            try
            {
                children = File.ReadAllText(Path.Combine(path, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
            catch (IOException)
            {
                continue;
            }
            foreach (string text in children)
            {
                int child = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
                foreach (int below in Descendants(child)) yield return below;
                string name = "";
                try
                {
                    name = File.ReadAllText($"/proc/{child}/comm").Trim();
                }
                catch (IOException)
                {
                }
                if (name.Length > 0 && name is not ("strace" or "nsenter" or "ip")) yield return child;
            }
        }
    }

    private Dictionary<string, string> Variables
    {
        get
        {
            string authority = Path.Combine(folder, "authority.pem");
            Dictionary<string, string> variables = new(StringComparer.Ordinal)
            {
                ["PATH"] = $"{folder}/bin:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin", ["HOME"] = folder, ["WORK"] = folder, ["OFFPROOF_HOME"] = $"{folder}/home",
                ["SSL_CERT_FILE"] = authority, ["SSL_CERT_DIR"] = $"{folder}/bin", ["CURL_CA_BUNDLE"] = authority, ["SERVER"] = front?.Url ?? "", ["PHONE"] = phone.Folder, ["PERSONA"] = Persona is null ? "" : Path.GetDirectoryName(Persona)!, ["LC_ALL"] = "C.UTF-8",
            };
            if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root) variables["DOTNET_ROOT"] = root;
            return variables;
        }
    }

    // Only where a scenario sets the clock: what is loaded into a program changes it.
    private string Clock => FakeTime is { } library && steps.Any(static step => step.Word == "wait" && Scenario.Duration(step.Rest) >= TimeSpan.FromMinutes(1))
        ? $"export LD_PRELOAD='{library}' FAKETIME_TIMESTAMP_FILE='{folder}/clock' FAKETIME_CACHE_DURATION=1 DONT_FAKE_MONOTONIC=1\n" : "";

    private static string? FakeTime { get; } = ((string[])["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib64/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1"]).FirstOrDefault(File.Exists);

    private static TimeSpan Now => TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch;

    // Sixteen letters, as the canaries of personas are.
    private static string Datum() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 16) + "@example.org";

    private string NewOutput() => Path.Combine(folder, "steps", $"{++commands}.out");

    // The last thing that a command said, so that a reader need not look for it.
    private string Said() => Path.Combine(folder, "steps", $"{commands}.out") is var file && File.Exists(file) && File.ReadLines(file).LastOrDefault(static line => line.Trim().Length > 0) is { } line ? $": {line}" : "";

    private void WriteProgram(string program)
    {
        string file = Path.Combine(folder, "bin", "offproof");
        File.WriteAllText(file, $"#!/bin/sh\nexec '{program}' \"$@\"\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async ValueTask DisposeAsync()
    {
        if (front is not null) await front.DisposeAsync().ConfigureAwait(false);
        if (within is not null) await within.DisposeAsync().ConfigureAwait(false);
        foreach (Process server in servers)
        {
            // Of a sealed run the kernel has ended it with the namespaces.
            if (within is { IsSealed: false } && !server.HasExited) server.Kill(entireProcessTree: true);
            server.Dispose();
        }
    }
}
