using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>What the signed records say of one vault, read here from docs/consent.md §3 alone.</summary>
internal enum Told
{
    On,
    Kept,
    Closed,
    Erased,
}

/// <summary>One epoch of a category of a device, as the records on the server's disk have it.</summary>
internal sealed class GroundVault
{
    internal required string Device { get; init; }

    internal required Category Category { get; init; }

    internal required int Epoch { get; init; }

    internal required string Grant { get; init; }

    /// <summary>SHA-256 of config, key file and sealed password.</summary>
    internal required (string Config, string Key, string Sealed) Hashes { get; init; }

    internal Told State { get; set; } = Told.On;

    internal string? Erasure { get; set; }

    internal long Due { get; set; }

    internal bool CanBeRead => State is Told.On or Told.Kept;

    /// <summary>As its folder is called below <c>vaults/ACCOUNT/</c> and <c>recovery/ACCOUNT/</c>.</summary>
    internal string Place => string.Create(CultureInfo.InvariantCulture, $"{Device}/{Category.Name()}/{Epoch}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Category.Name()} {Epoch} of {Device[..8]}, {State}");
}

/// <summary>
/// The server's folder in one moment: records out of the database, files off the disk (protocol.md §9). It shares no code with the server, nor with the device that reads records
/// over the network.
/// </summary>
internal sealed class Ground
{
    private readonly Dictionary<string, GroundVault> vaults = new(StringComparer.Ordinal);
    private readonly HashSet<string> removed = new(StringComparer.Ordinal);

    private Ground(SortedDictionary<string, string> files) => Files = files;

    /// <summary>Below <c>vaults/ACCOUNT/</c> and <c>recovery/ACCOUNT/</c>: the name without the account, and where on the disk.</summary>
    internal SortedDictionary<string, string> Files { get; }

    internal IReadOnlyCollection<GroundVault> Vaults => vaults.Values;

    /// <summary>Devices that were cut off.</summary>
    internal IReadOnlySet<string> Removed => removed;

    /// <summary>Uploads that are not whole.</summary>
    internal int Unwhole { get; private init; }

    internal static Ground Read(string folder, string account)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string kind in (string[])["vaults", "recovery"])
        {
            string root = Path.Combine(folder, kind);
            if (!Directory.Exists(root)) continue;
            foreach (string file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
            {
                string name = Path.GetRelativePath(root, file);
                // Another account's would be in nobody's place here, and is shown by its whole name.
                files.Add($"{kind}/{(name.StartsWith(account + "/", StringComparison.Ordinal) ? name[(account.Length + 1)..] : name)}", file);
            }
        }
        string temporary = Path.Combine(folder, "tmp");
        Ground ground = new(files) { Unwhole = Directory.Exists(temporary) ? Directory.GetFiles(temporary).Length : 0 };
        foreach ((string record, string? receipt) in Records(Path.Combine(folder, "offproof.db"))) ground.Follow(record, receipt, account);
        return ground;
    }

    internal GroundVault? Newest(string device, Category category) => Vaults.Where(v => v.Device == device && v.Category == category).MaxBy(static v => v.Epoch);

    /// <summary>The files of a vault but its locks, which readers set too.</summary>
    internal SortedSet<string> FilesOf(GroundVault vault) => new(
        Files.Keys.Where(f => f == $"recovery/{vault.Place}.age" || (f.StartsWith($"vaults/{vault.Place}/", StringComparison.Ordinal) && !f.StartsWith($"vaults/{vault.Place}/locks/", StringComparison.Ordinal))), StringComparer.Ordinal);

    /// <summary>All of a vault's, locks too.</summary>
    internal IEnumerable<string> AnythingOf(GroundVault vault) => Files.Keys.Where(f => f == $"recovery/{vault.Place}.age" || f.StartsWith($"vaults/{vault.Place}/", StringComparison.Ordinal));

    // Each record once, in the order received, with its newest receipt.
    private static List<(string Record, string? Receipt)> Records(string file)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT compact, (SELECT r.compact FROM receipts r WHERE r.record = records.number ORDER BY r.number DESC LIMIT 1) FROM records ORDER BY number";
        using SqliteDataReader reader = command.ExecuteReader();
        List<(string, string?)> records = [];
        while (reader.Read()) records.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)));
        return records;
    }

    private void Follow(string record, string? receipt, string account)
    {
        using JsonDocument header = Part(record, 0), said = Part(record, 1);
        JsonElement payload = said.RootElement;
        bool bySheet = Text(payload, "iss") == account;
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(record[..record.LastIndexOf('.')])));
        switch (Text(header.RootElement, "typ"))
        {
            case "offproof-grant+jwt":
                JsonElement vault = payload.GetProperty("vault");
                Assert.True(Categories.TryParse(Text(payload, "category"), out Category category));
                vaults.Add(hash, new GroundVault
                {
                    Device = Text(payload, "iss"), Category = category, Epoch = payload.GetProperty("epoch").GetInt32(), Grant = hash, Hashes = (Text(vault, "config"), Text(vault, "key"), Text(vault, "sealed")),
                });
                break;
            case "offproof-revocation+jwt":
                if (vaults[Text(payload, "grant")] is { State: Told.On } ended) ended.State = Told.Kept;
                break;
            case "offproof-erasure+jwt":
                GroundVault erased = vaults[Text(payload, "grant")];
                (erased.State, erased.Erasure) = (bySheet ? Told.Erased : Told.Closed, hash);
                if (receipt is null) break; // the sheet's, not done yet
                using (JsonDocument signed = Part(receipt, 1))
                {
                    if (Text(signed.RootElement, "state") == "erased") erased.State = Told.Erased;
                    else erased.Due = signed.RootElement.GetProperty("due").GetInt64();
                }
                break;
            case "offproof-cancellation+jwt":
                if (vaults.Values.FirstOrDefault(v => v.Erasure == Text(payload, "record")) is { State: Told.Closed } cancelled) cancelled.State = Told.Kept;
                break;
            case "offproof-removal+jwt":
                removed.Add(Text(payload, "device"));
                foreach (GroundVault left in vaults.Values.Where(v => v.Device == Text(payload, "device") && v.State == Told.On)) left.State = Told.Kept;
                break;
        }
    }

    private static JsonDocument Part(string compact, int number) => JsonDocument.Parse(Base64Url.DecodeFromChars(compact.Split('.')[number]));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
