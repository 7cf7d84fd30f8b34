using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Offproof.Interop;

/// <summary>One request as curl sends it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Below the server's address, sent as it stands.</param>
/// <param name="Body">Null for none.</param>
/// <param name="Token">Sent as Bearer.</param>
/// <param name="Headers">More.</param>
sealed record Request(string Method, string Path, byte[]? Body = null, string? Token = null, params IReadOnlyList<string> Headers);

/// <summary>What curl got.</summary>
sealed record Reply(int Status, string Type, string Body)
{
    internal string Problem => Regex.Match(Body, "\"type\":\"urn:offproof:problem:(?<name>[a-z-]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["name"].Value;
}

/// <summary>A device by the real binary, and its owner's keys for openssl.</summary>
sealed class Owned(string home, Signer device, Signer sheet)
{
    internal Signer Device => device;

    internal Signer Sheet => sheet;

    internal string Account => sheet.Kid;

    internal string Record(string name) => File.ReadAllText(Path.Combine(home, "records", name));

    internal string Vault(string category, string epoch) => $"v1/vaults/{Account}/{device.Kid}/{category}/{epoch}/";

    internal string Sealed(string category, string epoch) => $"v1/recovery/{Account}/{device.Kid}/{category}/{epoch}";
}

/// <summary>A real server, two owners made by the real binary, and curl.</summary>
sealed class Stage(Scratch scratch, OwnServer server, OpenSslJose jose)
{
    int _bodies;

    internal OpenSslJose Jose => jose;

    internal string ServerKey { get; private set; } = "";

    internal async Task<Owned> NewOwnerAsync(string name)
    {
        string home = scratch[name], sheet = scratch[name + ".sheet"];
        using JsonDocument made = JsonDocument.Parse(await OffproofAsync("init", "--home", home, "--server", server.Url.GetLeftPart(UriPartial.Authority), "--sheet", sheet, "--json"));
        ServerKey = made.RootElement.GetProperty("serverKey").GetString()!;
        await OffproofAsync("sheet", "confirm", "--home", home, "--sheet", sheet);
        foreach (string category in (string[])["notes", "photos", "contacts"])
        {
            string source = scratch.Folder($"{name}-{category}");
            await File.WriteAllTextAsync(Path.Combine(source, category switch { "photos" => "1.jpg", "contacts" => "1.vcf", _ => "1.md" }),
                category is "contacts" ? "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nTEL:+447700900123\r\nEND:VCARD\r\n" : "one\n");
            await OffproofAsync("source", "add", category, source, "--home", home);
        }
        return new Owned(home, OpenSslJose.Named(Path.Combine(home, "device.key")), jose.OfSheet(sheet));
    }

    internal static async Task<string> OffproofAsync(params string[] arguments) => (await Processes.RunAsync(await ProgramUnderTest.StartInfoAsync(arguments))).Is(0).Output;

    internal async Task<Reply> SendAsync(Request request)
    {
        List<string> arguments = ["-s", "--path-as-is", "--max-time", "20", "-X", request.Method, "-w", "\n%{http_code} %{content_type}"];
        if (request.Method is "HEAD") arguments.Add("--head");
        if (request.Token is not null) arguments.AddRange(["-H", "Authorization: Bearer " + request.Token]);
        if (request.Body is not null)
        {
            string file = scratch[$"body-{Interlocked.Increment(ref _bodies)}"];
            await File.WriteAllBytesAsync(file, request.Body);
            arguments.AddRange(["-H", "Content-Type: application/octet-stream", "--data-binary", "@" + file]);
        }
        foreach (string header in request.Headers) arguments.AddRange(["-H", header]);
        arguments.Add(server.Url.GetLeftPart(UriPartial.Authority) + "/" + request.Path);
        Ended ended = (await Processes.RunAsync("curl", [.. arguments])).Is(0);
        int last = ended.Output.LastIndexOf('\n');
        string[] end = ended.Output[(last + 1)..].Split(' ', 2);
        return new Reply(int.Parse(end[0], CultureInfo.InvariantCulture), end[1], ended.Output[..last]);
    }

    internal Task<Reply> PostAsync(string path, string record) => SendAsync(new Request("POST", path, Encoding.UTF8.GetBytes(record)));

    internal async Task<string> NonceAsync() => Member(await SendAsync(new Request("POST", "v1/nonces", [])), "nonce");

    internal string Claims(string issuer, string account, string nonce, string rest) =>
        $$"""{"iss":"{{issuer}}","sub":"{{account}}","aud":"{{ServerKey}}","iat":1767225600,"nonce":"{{nonce}}",{{rest}}}""";

    internal static string Ask(Owned owner, string category, string epoch, string mode, string more = "") =>
        $"\"action\":\"vault\",\"device\":\"{owner.Device.Kid}\",\"category\":\"{category}\",\"epoch\":{epoch},\"mode\":\"{mode}\"{more}";

    internal async Task<string> ProofAsync(Signer signer, string account, string rest) => await jose.SignAsync(signer, "proof", Claims(signer.Kid, account, await NonceAsync(), rest));

    internal async Task<string> TokenAsync(Signer signer, string account, string rest) => Member(await PostAsync("v1/tokens", await ProofAsync(signer, account, rest)), "token");

    static string Member(Reply reply, string name)
    {
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}");
        using JsonDocument body = JsonDocument.Parse(reply.Body);
        return body.RootElement.GetProperty(name).GetString()!;
    }

    /// <summary>Every name and every byte that is stored, and what lies half-way, by programs that are not ours.</summary>
    internal async Task<string> StoredAsync() => (await Processes.ShellAsync(server.Data,
        "find vaults recovery tmp -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum -- | sha256sum; find vaults recovery tmp | LC_ALL=C sort | sha256sum")).Is(0).Output;
}
