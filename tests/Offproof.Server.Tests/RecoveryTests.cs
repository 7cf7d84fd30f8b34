using System.Net;
using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §6.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task The_sealed_password_is_stored_once_and_read_with_a_recovery_token_or_the_vaults()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        string add = await vault.AddTokenAsync();
        string recovery = await owner.TokenAsync(owner.Sheet, null);
        (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: recovery)).Refuses(404, "not-found");
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, add)).Is(HttpStatusCode.Created);
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, add)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Config, add)).Refuses(400, "hash");
        await bench.RestartAsync();
        foreach (string token in (string[])[recovery, add, await owner.TokenAsync(owner.Device, null)])
        {
            var answer = (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: token)).Is(HttpStatusCode.OK);
            Assert.Equal(vault.Sealed, answer.Body);
            Assert.Equal("application/octet-stream", answer.Headers.ContentType?.MediaType);
        }

        (await bench.SendAsync(HttpMethod.Get, vault.SealedPath)).Refuses(403, "not-accepted");
        Assert.Equal(vault.Sealed.Length, Assert.Single(bench.Stored()).Value);
    }

    [Fact] // a device that lost the answer, or two of its processes: protocol.md §6, "again the same -> 200"
    public async Task Of_equal_ones_at_once_each_is_told_that_it_is_stored_and_one_is()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        string add = await vault.AddTokenAsync();
        using SemaphoreSlim go = new(0);
        var puts = Enumerable.Range(0, 4).Select(_ => PutAsync()).ToArray();
        // All of them have begun, so all have seen that nothing is there.
        while (bench.Stored().Count < puts.Length) await Task.Delay(5);
        go.Release(puts.Length);
        var statuses = await Task.WhenAll(puts);
        Assert.Equal([200, 200, 200, 201], statuses.Order());
        Assert.Equal(vault.Sealed.Length, Assert.Single(bench.Stored()).Value);

        async Task<int> PutAsync()
        {
            using HttpRequestMessage request = new(HttpMethod.Put, new Uri(bench.Http.BaseAddress!, vault.SealedPath)) { Content = new HeldContent(vault.Sealed, go) };
            request.Headers.Authorization = new("Bearer", add);
            using var response = await bench.Http.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    // Sends all but the last byte, and that one when it is let go.
    sealed class HeldContent(byte[] bytes, SemaphoreSlim go) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(..^1));
            await stream.FlushAsync();
            await go.WaitAsync();
            await stream.WriteAsync(bytes.AsMemory(^1..));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }

    [Fact]
    public async Task Other_bytes_too_many_bytes_and_tokens_that_only_read_store_nothing()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        string add = await vault.AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Config, add)).Refuses(400, "hash");
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, new byte[16 * 1024 + 1], add)).Refuses(413, "too-large");
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, new byte[16 * 1024 + 1], add, request => request.Headers.TransferEncodingChunked = true)).Refuses(413, "too-large");
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, await owner.TokenAsync(owner.Device, vault.Ask(VaultMode.Read)))).Refuses(403, "read-only");
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, await owner.TokenAsync(owner.Sheet, null))).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed)).Refuses(403, "not-accepted");
        Assert.Empty(bench.Stored());
    }

    [Fact]
    public async Task With_the_sheet_alone_everything_is_found_that_a_restore_checks()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var photos = await OpenVault.FilledAsync(bench, owner);
        byte[] pack = RandomNumberGenerator.GetBytes(5000);
        string add = await photos.AddTokenAsync();
        (await photos.AddAsync(bench, pack, add)).Is(HttpStatusCode.OK);
        (await photos.AddAsync(bench, [1, 2, 3], add, "locks")).Is(HttpStatusCode.OK);
        await owner.TakeAsync(photos.SignRevocation());
        var notes = await OpenVault.GrantAsync(owner, Category.Notes);

        string token = await owner.TokenAsync(owner.Sheet, null);
        var json = (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: token)).Is(HttpStatusCode.OK).Json;
        Assert.Equal("offproof/v1/recovery", json.GetProperty("schema").GetString());
        Assert.True(VerifyingKey.TryFromJwk(json.GetProperty("sheet"), out var sheet));
        Assert.Equal(owner.Sheet.Public, sheet);
        SignedRecord[] records = [.. json.GetProperty("records").EnumerateArray().Select(item => Read(item.GetString()))];
        SignedRecord[] receipts = [.. json.GetProperty("receipts").EnumerateArray().Select(item => Read(item.GetString()))];
        Assert.Equal([RecordTyp.Certificate, RecordTyp.Grant, RecordTyp.Revocation, RecordTyp.Grant], records.Select(record => record.Typ), StringComparer.Ordinal);
        Assert.Equal(owner.Certificate.Compact, records[0].Compact);
        Assert.Equal(photos.Grant.Compact, records[1].Compact);
        Assert.Equal(notes.Grant.Compact, records[3].Compact);

        // consent.md §4, with nothing but what came: sheet -> certificate -> chain -> hashes; and each record has its receipt.
        Assert.True(Certificate.TryVerify(records[0], sheet, sheet.Thumbprint, bench.Server.Key, out var certificate));
        var last = records[0].Hash;
        for (int i = 1; i < records.Length; i++)
        {
            Assert.True(ChainLink.TryVerify(records[i], certificate.DeviceKey, owner.Account, bench.Server.Key, out var link));
            Assert.Equal((i, last), (link.Seq, link.Prev));
            last = records[i].Hash;
        }

        var serverKey = await AccountTests.KeyAsync(bench);
        for (int i = 0; i < records.Length; i++)
        {
            Assert.True(Receipt.TryVerify(receipts[i], serverKey, i == 0 ? owner.Account : owner.Device.Thumbprint, out var receipt));
            Assert.Equal(records[i].Hash, receipt.Record);
        }

        var vaults = json.GetProperty("vaults").EnumerateArray().ToDictionary(vault => vault.GetProperty("category").GetString()!, StringComparer.Ordinal);
        Assert.Equal(["notes", "photos"], vaults.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("kept", vaults["photos"].GetProperty("state").GetString());
        Assert.Equal(owner.Device.Thumbprint.Text, vaults["photos"].GetProperty("device").GetString());
        Assert.Equal(1, vaults["photos"].GetProperty("epoch").GetInt32());
        Assert.Equal(3, vaults["photos"].GetProperty("objects").GetInt64());
        Assert.Equal(photos.Config.Length + photos.KeyFile.Length + pack.Length, vaults["photos"].GetProperty("bytes").GetInt64());
        Assert.Equal("on", vaults["notes"].GetProperty("state").GetString());
        Assert.Equal(0, vaults["notes"].GetProperty("objects").GetInt64());
    }

    static SignedRecord Read(string? compact)
    {
        Assert.True(SignedRecord.TryParse(compact, out var record));
        return record;
    }
}
