using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Offproof.Cli;

internal sealed partial class Play
{
    private DemoOffAgain? offAgain;

    /// <summary>On, backed up, off: a token that was good for an hour is refused from then on, and what is stored stays as it is.</summary>
    private async Task OffAgainAsync(CancellationToken cancel)
    {
        Scene("Messages off again: a token from when they were on is refused, and nothing more is stored");
        JsonElement lines = await DoAsync(cancel, "vault", "env", First, "--write");
        UriBuilder vault = new((lines.GetProperty("repository").GetString() ?? "")["rest:".Length..]);
        AuthenticationHeaderValue token = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.UnescapeDataString(vault.UserName)}:{Uri.UnescapeDataString(vault.Password)}")));
        (vault.UserName, vault.Password) = ("", "");
        int good = await AskAsync(HttpMethod.Get, "config", null);
        int before = CountStored([First]);
        await DoAsync(cancel, "off", First, "--yes");
        byte[] body = RandomNumberGenerator.GetBytes(4096);
        int status = await AskAsync(HttpMethod.Post, $"data/{Convert.ToHexStringLower(SHA256.HashData(body))}", body);
        int exit = (await stage.OffproofAsync(["backup", First], cancel)).Exit;
        offAgain = new DemoOffAgain(First, good, status, exit, before, CountStored([First]), CountPasswords([First]));
        stage.Say($"  The token before `off`: {Text(good)}; an upload with it after: {Text(status)}. A backup: refused, exit {Text(exit)}. Objects at the server: {Text(before)} before, {Text(offAgain.ObjectsAfter)} after."
            + $" Passwords of {First} on the device: {Text(offAgain.Passwords)}. The sheet still opens what was stored.");
        failures.AddRange(Faults(offAgain));

        async Task<int> AskAsync(HttpMethod method, string path, byte[]? content)
        {
            using HttpClient client = new();
            using HttpRequestMessage request = new(method, new Uri(vault.Uri, path)) { Content = content is null ? null : new ByteArrayContent(content) };
            request.Headers.Authorization = token;
            using HttpResponseMessage answer = await client.SendAsync(request, cancel);
            return (int)answer.StatusCode;
        }
    }

    /// <summary>What is wrong with a turning-off, from what was counted and answered; nothing where it held.</summary>
    internal static IEnumerable<string> Faults(DemoOffAgain seen)
    {
        if (seen.StatusBefore != 200) yield return $"a token of {seen.Category} that is on was answered {Text(seen.StatusBefore)}, not 200: its refusal afterwards would show nothing";
        if (seen.Status != 403) yield return $"an upload of {seen.Category} after it was turned off was answered {Text(seen.Status)}, not 403";
        if (seen.BackupExit != ExitCode.Refused) yield return $"a backup of {seen.Category} after it was turned off ended with {Text(seen.BackupExit)}, not {Text(ExitCode.Refused)}";
        if (seen.ObjectsBefore == 0 || seen.ObjectsAfter != seen.ObjectsBefore) yield return $"turning {seen.Category} off changed what is stored: {Text(seen.ObjectsBefore)} objects before, {Text(seen.ObjectsAfter)} after";
        if (seen.Passwords != 0) yield return $"there is a password of {seen.Category} on the device after it was turned off";
    }
}
