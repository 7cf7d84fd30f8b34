using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offproof.Device;

/// <summary><c>account.json</c>: whose device this is, which server it pinned, and whether the sheet was proven. Nothing in it is secret.</summary>
/// <param name="Schema">offproof/v1/account</param>
/// <param name="Account">ACCOUNT (consent.md §2)</param>
/// <param name="Server">The server's URL, ending in a slash</param>
/// <param name="ServerKey">The server's public key as a JWK, pinned at <c>init</c></param>
/// <param name="SheetKey">The public signing key, as a JWK, of the sheet that is the account's</param>
/// <param name="Recipient">The age recipient that vault passwords are sealed to</param>
/// <param name="Created">When <c>init</c> ran</param>
/// <param name="SheetConfirmed">When the written sheet was read back and proven; null until then</param>
/// <param name="FirstSheetKey">The key of the account's first sheet, whose thumbprint is ACCOUNT; null while that is <paramref name="SheetKey"/></param>
/// <param name="PendingConfirmed">The thumbprint of a sheet that was proven before its replacement took effect; null where none was</param>
/// <param name="Removed">When the server said that this device was removed from the account; null while it was not</param>
/// <param name="EpochsBefore">By category, the last epoch that this device began at servers that it left: no number is used again; null where there is none</param>
/// <param name="MovedTo">Where the device moved that this once was; null while it is one</param>
/// <param name="SetBacks">What was noticed of a server that was set back, the worst first; null where nothing was</param>
internal sealed record AccountFile(
    string Schema,
    string Account,
    Uri Server,
    JsonElement ServerKey,
    JsonElement SheetKey,
    string Recipient,
    DateTimeOffset Created,
    DateTimeOffset? SheetConfirmed,
    JsonElement? FirstSheetKey = null,
    string? PendingConfirmed = null,
    DateTimeOffset? Removed = null,
    IReadOnlyDictionary<string, int>? EpochsBefore = null,
    Uri? MovedTo = null,
    IReadOnlyList<SetBackNote>? SetBacks = null)
{
    internal IReadOnlyList<SetBackNote> AllSetBacks => SetBacks ?? [];

    internal const string CurrentSchema = "offproof/v1/account";

    internal static AccountFile Read(HomeFolder home)
    {
        if (!home.Exists)
            throw new DeviceException(DeviceFault.Failure, $"no device at {home.Root}", "offproof init --server URL --sheet FILE");
        return HomeJson.Read(home.Account, HomeJson.Default.AccountFile);
    }

    internal void Write(HomeFolder home) => HomeFolder.Write(home.Account, JsonSerializer.SerializeToUtf8Bytes(this, HomeJson.Default.AccountFile));
}

/// <summary><c>sources.json</c>: the folders that each category is read from. Adding one reads nothing.</summary>
internal sealed record SourcesFile(string Schema, IReadOnlyList<Source> Sources)
{
    internal static SourcesFile Read(HomeFolder home) => File.Exists(home.Sources)
        ? HomeJson.Read(home.Sources, HomeJson.Default.SourcesFile)
        : new SourcesFile("offproof/v1/sources", []);

    internal void Write(HomeFolder home) => HomeFolder.Write(home.Sources, JsonSerializer.SerializeToUtf8Bytes(this, HomeJson.Default.SourcesFile));
}

/// <summary>A folder or file that a category is read from.</summary>
/// <param name="Category">contacts, messages, notes or photos</param>
/// <param name="Name">Its name in the vault: <c>/photos/NAME/...</c>; unique in its category, and never changed once given</param>
/// <param name="Path">Its full path on this device</param>
/// <param name="PasswordFile">Where the password of its encrypted exports stands; the password itself is not remembered</param>
public sealed record Source(string Category, string Name, string Path, string? PasswordFile = null);

/// <summary><c>vaults/CATEGORY/last.json</c>: what the last backup that finished did.</summary>
/// <param name="Schema">offproof/v1/last-backup</param>
/// <param name="Epoch">Into which epoch</param>
/// <param name="Snapshot">The snapshot's id</param>
/// <param name="Time">When it ended</param>
/// <param name="Items">Files in the snapshot</param>
/// <param name="Bytes">Their bytes</param>
/// <param name="Sources">What each source held; absent in files of earlier versions</param>
/// <param name="Begun">When the sources began to be listed, likewise</param>
internal sealed record LastBackup(
    string Schema, int Epoch, string Snapshot, DateTimeOffset Time, long Items, long Bytes, IReadOnlyList<SourceCount>? Sources = null, DateTimeOffset? Begun = null)
{
    internal const string CurrentSchema = "offproof/v1/last-backup";
}

/// <summary>How much of one source the last backup kept, and whether that was less than half of what had been there (phone.md §2.3).</summary>
/// <param name="Name">The source's name</param>
/// <param name="Kept">Contacts, messages, notes or photo files</param>
/// <param name="Before">While there is an alarm: how many there were</param>
/// <param name="Since">While there is an alarm: when it was raised</param>
internal sealed record SourceCount(string Name, long Kept, long? Before = null, DateTimeOffset? Since = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccountFile))]
[JsonSerializable(typeof(SourcesFile))]
[JsonSerializable(typeof(LastBackup))]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(ProvenFile))]
[JsonSerializable(typeof(MoveFile))]
[JsonSerializable(typeof(RecoveryAnswer))]
internal sealed partial class HomeJson : JsonSerializerContext
{
    internal static T Read<T>(string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new DeviceException(DeviceFault.Forgery, $"{file} is not readable: {e.Message}", "nothing stored on the server is affected; restore with the sheet", e);
        }
    }
}
