using System.Security.Cryptography;
using System.Text;

namespace Offproof.Device;

/// <summary>The comment lines of a sheet's file, when its server changes: whole or not at all, and every other line stays as it is.</summary>
internal static class SheetLines
{
    /// <summary>The same server is at another address.</summary>
    internal static void Rewrite(string file, Uri to) => Rewrite(file, lines => Set(lines, "server", to.ToString()));

    /// <summary>The account is at another server, and the one before is remembered.</summary>
    internal static void Rewrite(string file, EarlierServer now, EarlierServer left) => Rewrite(file, lines =>
    {
        Set(lines, "server", now.Server.ToString());
        Set(lines, "account", now.Account.Text);
        Set(lines, "server-key", now.ServerKey.Text);
        lines.RemoveAll(line => Name(line) == EarlierServer.Name && EarlierServer.TryParse(Words(line)) is { } e && (e.ServerKey == left.ServerKey || e.ServerKey == now.ServerKey));
        int at = lines.FindIndex(static line => Name(line) == "server-key");
        lines.Insert(at + 1, left.Line + End(lines[at]));
    });

    /// <summary>Before anything is decided: a sheet on a disk that cannot be written would go on naming the server that was left.</summary>
    /// <exception cref="DeviceException">No file can be written beside it.</exception>
    internal static void RequireWritable(string file)
    {
        string probe = $"{Path.GetFullPath(file)}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (HomeFolder.CreateNew(probe)) File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceException(DeviceFault.Failure, $"{file} cannot be changed where it is: {e.Message}", "nothing was changed; copy it to a folder that can be written, and name that copy", e);
        }
    }

    private static void Rewrite(string file, Action<List<string>> change)
    {
        byte[] text = File.ReadAllBytes(file);
        byte[] changed = [];
        try
        {
            List<string> lines = [.. Encoding.UTF8.GetString(text).Split('\n')];
            change(lines);
            changed = Encoding.UTF8.GetBytes(string.Join('\n', lines));
            HomeFolder.Write(Path.GetFullPath(file), changed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(changed);
        }
    }

    // The first of a name is the one that is read.
    private static void Set(List<string> lines, string name, string value)
    {
        int at = lines.FindIndex(line => Name(line) == name);
        lines[at] = $"# {name}: {value}{End(lines[at])}";
    }

    private static string? Name(string line) => line.Trim() is ['#', .. var comment] && comment.Split(':', 2, StringSplitOptions.TrimEntries) is [var name, _] ? name : null;

    private static string Words(string line) => line.Split(':', 2, StringSplitOptions.TrimEntries)[1];

    private static string End(string line) => line.EndsWith('\r') ? "\r" : "";
}
