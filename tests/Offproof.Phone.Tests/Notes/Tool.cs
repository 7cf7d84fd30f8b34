using System.Diagnostics;

namespace Offproof.Phone.Tests.Notes;

/// <summary>Programs that we did not write. Without one, the test that needs it fails.</summary>
static class Tool
{
    /// <summary>Runs a program and returns what it writes.</summary>
    internal static async Task<string> RunAsync(string program, string[] arguments, string input = "")
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new System.Text.UTF8Encoding(false), StandardOutputEncoding = System.Text.Encoding.UTF8 };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        string text = await output;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return text;
    }
}
