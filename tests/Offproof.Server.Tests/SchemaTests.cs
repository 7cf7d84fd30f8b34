using System.Net;
using Microsoft.Data.Sqlite;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §9: a folder of an older version is brought to the newest schema, and everything goes on from where it was.</summary>
public sealed class SchemaTests
{
    static readonly ReceiptState[] States = [ReceiptState.Account, ReceiptState.On, ReceiptState.Kept, ReceiptState.On];

    [Fact]
    public async Task A_database_of_version_1_goes_on()
    {
        await using var bench = await Bench.StartAsync();
        using Owner owner = new(bench);
        using Owner twice = new(bench); // version 1 let a stranger certify somebody's device and sheet
        OpenVault photos = new(), notes = new();
        var grant = owner.SignGrant(photos.Hashes);
        owner.Forward(grant);
        var revocation = owner.SignRevocation(grant.Hash);
        owner.Forward(revocation);
        var second = owner.SignGrant(notes.Hashes, Category.Notes);
        owner.Forward(second);
        SignedRecord[] records = [owner.Certificate, grant, revocation, second];
        SignedRecord[] receipts = [];
        await bench.WhileDownAsync(() =>
        {
            using SigningKey key = KeyOf(bench);
            receipts = [.. records.Select((record, i) => Receipt.Sign(key, new()
            {
                Server = key.Thumbprint,
                Account = owner.Account,
                Audience = i == 0 ? owner.Account : owner.Device.Thumbprint,
                IssuedAt = bench.Now,
                Record = record.Hash,
                OfTyp = record.Typ,
                State = States[i],
            }))];
            foreach (string file in Directory.GetFiles(bench.Folder, "offproof.db*")) File.Delete(file);
            using Old old = new(Path.Combine(bench.Folder, "offproof.db"));
            old.Account(owner, owner.Device);
            for (int i = 0; i < records.Length; i++) old.Record(owner.Account, owner.Device.Thumbprint, i, records[i], receipts[i], bench.Now);
            old.Vault(owner, "photos", "kept", grant, photos.Hashes);
            old.Vault(owner, "notes", "on", second, notes.Hashes);
            foreach (var device in (SigningKey[])[owner.Device, owner.Sheet, twice.Sheet])
            {
                using Owner stranger = new(bench);
                old.Account(stranger, device);
                var claim = Certificate.Sign(stranger.Sheet, new() { Account = stranger.Account, DeviceKey = device.Public, Server = key.Thumbprint, IssuedAt = bench.Now });
                old.Record(stranger.Account, device.Thumbprint, 0, claim, receipts[0], bench.Now);
            }

            old.Account(twice, twice.Sheet); // its device's key is its sheet's
            old.Record(twice.Account, twice.Account, 0, twice.Certificate, receipts[0], bench.Now);
            old.Record(twice.Account, twice.Account, 1, twice.SignRotation(owner.Device), receipts[1], bench.Now);
            string folder = Path.Combine(bench.Folder, "recovery", owner.Account.Text, owner.Device.Thumbprint.Text, "photos");
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, "1.age"), photos.Sealed);
        });

        // What was taken is acknowledged with the receipts of then, and shown in the order of then.
        for (int i = 0; i < records.Length; i++) Assert.Equal(receipts[i].Compact, (await bench.PostAsync("v1/records", records[i])).Is(HttpStatusCode.OK).Text);
        Assert.Equal(receipts[0].Compact, (await owner.PostAccountAsync()).Is(HttpStatusCode.OK).Text);
        var page = (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: await owner.TokenAsync(owner.Sheet, null))).Is(HttpStatusCode.OK).Json;
        Assert.Equal(records.Select(record => record.Compact), page.GetProperty("records").EnumerateArray().Select(item => item.GetString()!), StringComparer.Ordinal);
        Assert.Equal(receipts.Select(receipt => receipt.Compact), page.GetProperty("receipts").EnumerateArray().Select(item => item.GetString()!), StringComparer.Ordinal);
        Assert.Equal(["on", "kept"], page.GetProperty("vaults").EnumerateArray().Select(item => item.GetProperty("state").GetString()!), StringComparer.Ordinal);

        // The chain, the epochs, the devices and the sheet go on.
        (await bench.PostAsync("v1/records", owner.SignRevocation(grant.Hash))).Refuses(409, "epoch");
        await owner.TakeAsync(owner.SignRevocation(second.Hash, Category.Notes));
        var next = await OpenVault.FilledAsync(bench, owner, epoch: 2);
        (await next.AddAsync(bench, [1], await next.AddTokenAsync())).Is(HttpStatusCode.OK);
        using var joined = await owner.JoinAsync();
        await owner.RotateAsync();
        await owner.TakeBySheetAsync(owner.SignErasure(next, bySheet: true));
        Assert.Equal(photos.Sealed, (await bench.SendAsync(
            HttpMethod.Get, $"v1/recovery/{owner.Account}/{owner.Device.Thumbprint}/photos/1", token: await owner.TokenAsync(owner.Sheet, null))).Is(HttpStatusCode.OK).Body);
    }

    [Fact]
    public void A_database_of_a_version_to_come_is_left_alone()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-newer-").FullName;
        string path = Path.Combine(folder, "newer.db");
        using (Old newer = new(path)) newer.Execute("PRAGMA user_version = 99");
        Assert.Contains("a newer version has written it", Assert.Throws<InvalidOperationException>(() => new Database(path)).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    static SigningKey KeyOf(Bench bench)
    {
        Assert.True(SigningKey.TryFromPem(File.ReadAllText(Path.Combine(bench.Folder, "server.key")), out var key));
        return key;
    }

    /// <summary>A database as version 1 made and filled it.</summary>
    sealed class Old : IDisposable
    {
        readonly SqliteConnection connection;

        internal Old(string path)
        {
            connection = new($"Data Source={path};Pooling=False");
            connection.Open();
            using StreamReader schema = new(typeof(Database).Assembly.GetManifestResourceStream("schema.1.sql")!);
            Execute(schema.ReadToEnd());
            Execute("PRAGMA user_version = 1");
        }

        internal void Account(Owner owner, SigningKey device)
        {
            Execute("INSERT INTO accounts VALUES ($1, $2)", owner.Account.Text, Answers.JsonText(owner.Sheet.Public.WriteJwk));
            Execute("INSERT INTO devices VALUES ($1, $2, $3)", owner.Account.Text, device.Thumbprint.Text, Answers.JsonText(device.Public.WriteJwk));
        }

        internal void Record(Thumbprint account, Thumbprint device, int seq, SignedRecord record, SignedRecord receipt, long now) => Execute(
            "INSERT INTO records (account, device, seq, hash, compact, receipt, received) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            account.Text, device.Text, seq, record.Hash.Text, record.Compact, receipt.Compact, now);

        internal void Vault(Owner owner, string category, string state, SignedRecord grant, VaultHashes hashes) => Execute(
            "INSERT INTO vaults VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8)",
            owner.Account.Text, owner.Device.Thumbprint.Text, category, state, grant.Hash.Text, hashes.Config.Text, hashes.Key.Text, hashes.Sealed.Text);

        internal void Execute(string sql, params object[] values)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this file, and a file of the server's
            command.CommandText = sql;
#pragma warning restore CA2100
            for (int i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i]);
            command.ExecuteNonQuery();
        }

        public void Dispose() => connection.Dispose();
    }
}
