using System.Diagnostics;

namespace Offproof.Phone.Tests;

/// <summary>A folder that goes away with its test.</summary>
sealed class TempFolder : IDisposable
{
    internal TempFolder() => FullPath = Directory.CreateTempSubdirectory("offproof-phone-").FullName;

    internal string FullPath { get; }

    internal string this[string path] => Path.Combine([FullPath, .. path.Split('/')]);

    internal string Write(string path, byte[] bytes)
    {
        string full = this[path];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        return full;
    }

    internal void Touch(params string[] paths)
    {
        foreach (string path in paths) Write(path, [1]);
    }

    /// <summary>Makes what .NET cannot make, with the shell, in this folder.</summary>
    internal void Shell(string script)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = FullPath })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
