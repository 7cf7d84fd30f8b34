using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// <c>account-records.json</c>: the account's records and receipts as the server last showed them and as they verified, so that `status` names the devices, the sheets and
/// what is to come without a connection. It is only a copy: where it is missing or does not verify any more, it says nothing, and the next answer replaces it.
/// </summary>
internal static class AccountView
{
    internal static AccountHistory? Read(HomeFolder home, Thumbprint account, VerifyingKey server) => Answer(home) is { } answer ? Believe(answer, account, server) : null;

    /// <summary>The same, not verified.</summary>
    internal static RecoveryAnswer? Answer(HomeFolder home)
    {
        try
        {
            return File.Exists(home.View) ? HomeJson.Read(home.View, HomeJson.Default.RecoveryAnswer) : null;
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A full disk keeps the older copy: nothing else depends on this one.</summary>
    internal static void Write(HomeFolder home, RecoveryAnswer answer)
    {
        try
        {
            HomeFolder.Write(home.View, JsonSerializer.SerializeToUtf8Bytes(answer, HomeJson.Default.RecoveryAnswer));
        }
        catch (IOException)
        {
            // It was deleted half written, and said again at the next answer.
        }
    }

    private static AccountHistory? Believe(RecoveryAnswer answer, Thumbprint account, VerifyingKey server)
    {
        try
        {
            return AccountHistory.Verify(answer, account, server);
        }
        catch (DeviceException)
        {
            return null;
        }
    }
}
