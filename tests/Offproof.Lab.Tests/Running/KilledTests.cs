using System.Diagnostics;

namespace Offproof.Lab.Tests;

/// <summary>lab.md §1: nothing outlives the lab, however it ends.</summary>
public sealed class KilledTests
{
    [Fact]
    public async Task A_lab_that_is_killed_leaves_no_process_and_the_next_run_deletes_its_folder_and_no_other()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-lab-test-").FullName, temporary = Path.Combine(folder, "tmp"), scenario = Path.Combine(folder, "scenario.txt"), mark = $"lab{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path.Combine(temporary, "offproof-lab-run-mine"));
        await File.WriteAllTextAsync(Path.Combine(temporary, "offproof-lab-run-mine", "something"), "of somebody's");
        await File.WriteAllTextAsync(scenario, "run true\n");
        await Lab.AskAsync(new LabRequest(scenario, null, null, null, static _ => { }));
        await File.WriteAllTextAsync(scenario, $"start sh -c 'touch {folder}/begun; sleep 1000; : {mark}'\nwait 50s\n");
        using (Process lab = Start(scenario, temporary))
        {
            for (int tries = 0; !File.Exists(Path.Combine(folder, "begun")); tries++)
            {
                Assert.True(tries < 600 && !lab.HasExited, "the lab did not begin");
                await Task.Delay(100);
            }
            Assert.NotEmpty(Processes(mark));
            Assert.NotEmpty(Processes("-w '" + temporary)); // the capture
            lab.Kill(); // SIGKILL, of this process alone
            await lab.WaitForExitAsync();
        }
        for (int tries = 0; Processes(mark).Count + Processes(temporary).Count > 0; tries++)
        {
            Assert.True(tries < 100, string.Join('\n', Processes(mark)));
            await Task.Delay(100);
        }
        Assert.Equal(2, Directory.GetDirectories(temporary, "offproof-lab-run-*").Length);

        await File.WriteAllTextAsync(scenario, "run true\n");
        using (Process next = Start(scenario, temporary))
        {
            await next.WaitForExitAsync();
            Assert.Equal(0, next.ExitCode);
        }
        Assert.Equal(["offproof-lab-run-mine"], Directory.GetDirectories(temporary, "offproof-lab-run-*").Select(Path.GetFileName));
        Directory.Delete(folder, recursive: true);
    }

    static Process Start(string scenario, string temporary)
    {
        ProcessStartInfo start = new(Lab.Program, ["lab", "run", scenario]) { RedirectStandardInput = true };
        start.Environment["TMPDIR"] = temporary;
        return Process.Start(start)!;
    }

    // Whose arguments hold this, on the whole machine, but for this process.
    static List<string> Processes(string text)
    {
        List<string> found = [];
        foreach (string folder in Directory.GetDirectories("/proc").Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                string arguments = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
                if (arguments.Contains(text, StringComparison.Ordinal)) found.Add(arguments);
            }
            catch (IOException)
            {
            }
        }
        return found;
    }
}
