namespace Offproof.Device;

/// <summary>What the server refused in this account within one minute (protocol.md §13), as it says.</summary>
/// <param name="Minute">Its beginning, by the server's clock</param>
/// <param name="Count">How often</param>
/// <param name="Problem">The refusal's name (protocol.md §10)</param>
/// <param name="Request">Method and route</param>
/// <param name="By">Whose token or record it was: a DEVICE, or ACCOUNT for the sheet</param>
/// <param name="Own">It was this device's</param>
/// <param name="Category">Of the token or record; null where it has none</param>
/// <param name="Epoch">Likewise</param>
public sealed record RefusalReport(DateTimeOffset Minute, long Count, string Problem, string Request, string By, bool Own, string? Category, int? Epoch);

public sealed partial class DeviceHome
{
    /// <summary>What the server refused to callers who were of this account, newest first; asks the server.</summary>
    public async Task<IReadOnlyList<RefusalReport>> RefusalsAsync(CancellationToken cancel)
    {
        Token token = await TokenAsync(null, null, cancel).ConfigureAwait(false);
        IReadOnlyList<RefusedRequest> lines = await server.RefusalsAsync(AccountId, token, cancel).ConfigureAwait(false);
        RefusalReport[] reports = [.. lines.Select(line => new RefusalReport(
            line.Minute, line.Count, line.Problem, line.Request, line.By, line.By == Device, line.Category, line.Epoch))];
        RefusalsSeen.Write(home, reports.Length > 0 ? reports.Max(static report => report.Minute) : null);
        return reports;
    }

    /// <summary>
    /// How many were refused since they were last looked at: what a backup says, since it talks to the server anyway. Null where the server does not tell;
    /// that is no reason for a backup to fail.
    /// </summary>
    public async Task<long?> NewRefusalsAsync(CancellationToken cancel)
    {
        DateTimeOffset? seen = RefusalsSeen.Read(home);
        try
        {
            Token token = await TokenAsync(null, null, cancel).ConfigureAwait(false);
            IReadOnlyList<RefusedRequest> lines = await server.RefusalsAsync(AccountId, token, cancel).ConfigureAwait(false);
            return lines.Where(line => line.Minute > (seen ?? DateTimeOffset.MinValue)).Sum(static line => Math.Clamp(line.Count, 0, int.MaxValue));
        }
        catch (DeviceException e) when (e.Fault is not DeviceFault.Forgery)
        {
            return null;
        }
    }
}

/// <summary><c>refusals-seen</c>: the newest minute of refusals that the owner of this device looked at. Nothing in it is secret.</summary>
internal static class RefusalsSeen
{
    internal static DateTimeOffset? Read(HomeFolder home) =>
        File.Exists(home.RefusalsSeen) && long.TryParse(File.ReadAllText(home.RefusalsSeen).Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    internal static void Write(HomeFolder home, DateTimeOffset? newest)
    {
        if (newest is not { } minute || minute.ToUnixTimeSeconds() < 0) return;
        HomeFolder.Write(home.RefusalsSeen, System.Text.Encoding.ASCII.GetBytes(minute.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) + "\n"));
    }
}
