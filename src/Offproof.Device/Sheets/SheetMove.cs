using System.Security.Cryptography;
using System.Text;

namespace Offproof.Device;

/// <summary>The account's server is at another address now. It must be the same server: its key stands on the sheet.</summary>
public static class SheetMove
{
    private const string ServerLine = "# server:";

    /// <summary>Asks the server at the new address whether it is the sheet's, and whether it takes the sheet. Changes nothing.</summary>
    /// <param name="file">The sheet's file</param>
    /// <param name="to">The new address</param>
    /// <param name="time">The clock</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="cancel">Stops</param>
    /// <param name="home">A folder where a device may be: its ledger is then written (ledger.md §7)</param>
    /// <exception cref="DeviceException">It is another server (<see cref="DeviceFault.Refused"/>), or does not take the sheet.</exception>
    public static async Task<MoveTarget> CheckAsync(string file, Uri to, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel, string? home = null)
    {
        Uri url = new(to.AbsoluteUri.TrimEnd('/') + "/");
        using Sheet sheet = Sheet.Read(file);
        try
        {
            using SheetAccess access = await SheetAccess.OpenAsync(sheet, url, home, time, wire, cancel).ConfigureAwait(false);
            return new MoveTarget(sheet.Account.Text, sheet.Server, url);
        }
        catch (DeviceException e) when (e.Problem == SheetAccess.AnotherServer)
        {
            throw new DeviceException(DeviceFault.Refused, $"the server at {url} is another one than the sheet's: an account cannot be moved to another server yet", "nothing was changed; for a new account there: offproof init, in another home folder", e);
        }
    }

    /// <summary>Writes the new address into the sheet's file, whole or not at all; every other line stays as it is.</summary>
    public static void Rewrite(string file, Uri to)
    {
        byte[] text = File.ReadAllBytes(file);
        byte[] moved = [];
        try
        {
            string[] lines = Encoding.UTF8.GetString(text).Split('\n');
            int at = Array.FindIndex(lines, static line => line.TrimStart().StartsWith(ServerLine, StringComparison.Ordinal));
            lines[at] = $"{ServerLine} {to}{(lines[at].EndsWith('\r') ? "\r" : "")}";
            moved = Encoding.UTF8.GetBytes(string.Join('\n', lines));
            HomeFolder.Write(Path.GetFullPath(file), moved);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(moved);
        }
    }
}

/// <summary>What `move` found.</summary>
/// <param name="Account">ACCOUNT</param>
/// <param name="From">The address on the sheet</param>
/// <param name="To">The new one, ending in a slash</param>
public sealed record MoveTarget(string Account, Uri From, Uri To);
