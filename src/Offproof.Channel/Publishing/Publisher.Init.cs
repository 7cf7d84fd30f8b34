using System.Globalization;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>What a new channel is made with.</summary>
/// <param name="Folder">Does not exist, or is empty</param>
/// <param name="LogName">The log's name: the first line of its checkpoints, as <c>channel.example.org/releases</c></param>
/// <param name="KeysFolder">Where the root and targets keys go; null: <c>keys/offline</c> in the folder, to be moved away</param>
/// <param name="RootKeys">How many</param>
/// <param name="RootThreshold">How many of them have to sign</param>
/// <param name="TargetsKeys">How many</param>
/// <param name="TargetsThreshold">How many of them have to sign</param>
/// <param name="Witnesses">Verifier keys, each with the address where it is asked, or null</param>
/// <param name="Quorum">How many witnesses have to cosign</param>
/// <param name="Expiry">How long what is signed is good</param>
public sealed record PublisherSetup(
    string Folder, string LogName, string? KeysFolder = null, int RootKeys = 3, int RootThreshold = 2, int TargetsKeys = 3, int TargetsThreshold = 2,
    IReadOnlyList<(string Key, Uri? Url)>? Witnesses = null, int Quorum = 0, ExpiryHours? Expiry = null);

/// <summary>What was made.</summary>
/// <param name="Folder">The publisher's</param>
/// <param name="PublicFolder">What is to be served as /channel/</param>
/// <param name="TrustSha256">The SHA-256 of trust.json, to compare with what devices print</param>
/// <param name="Log">The log's verifier key, which witnesses are started with</param>
/// <param name="OfflineKeys">The files of root and targets keys: each belongs elsewhere</param>
/// <param name="OnlineKeys">The files of snapshot, timestamp and log</param>
public sealed record PublisherMade(string Folder, string PublicFolder, string TrustSha256, string Log, IReadOnlyList<string> OfflineKeys, IReadOnlyList<string> OnlineKeys);

public sealed partial class Publisher
{
    const int MostKeys = 16;

    /// <summary>Makes keys, the first root, an empty log, and <c>trust.json</c>. Nothing is released.</summary>
    /// <exception cref="PublishingException">The folder is somebody's, or the numbers have no meaning.</exception>
    public static PublisherMade Create(PublisherSetup setup, TimeProvider time)
    {
        string folder = Path.GetFullPath(setup.Folder);
        string offline = Path.GetFullPath(setup.KeysFolder ?? Path.Combine(folder, OnlineKeys, "offline"));
        RequireThreshold(RootMetadata.Type, setup.RootKeys, setup.RootThreshold);
        RequireThreshold(TargetsMetadata.Type, setup.TargetsKeys, setup.TargetsThreshold);
        if (!NoteKey.IsName(setup.LogName)) throw new PublishingException(PublishingFault.Usage, $"'{setup.LogName}' is no name of a log", "as channel.example.org/releases: no spaces, no +");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new PublishingException(PublishingFault.Refused, $"{setup.Folder} is not empty: nothing was made", "name a folder that does not exist");

        using NoteSigner log = NoteSigner.Create(setup.LogName, NoteKeyKind.Log);
        PublisherFile settings = new(PublisherFile.CurrentSchema, log.Key.ToString(), [.. (setup.Witnesses ?? []).Select(static w => new WitnessEntry(w.Key, w.Url))], setup.Quorum, setup.Expiry ?? new ExpiryHours());
        RequirePolicy(settings);

        List<string> offlineFiles = [], onlineFiles = [];
        List<SigningKey> made = [];
        try
        {
            DurableFile.MakeFolder(folder, DurableFile.Private | UnixFileMode.UserExecute);
            Dictionary<string, RoleKeys> roles = new(StringComparer.Ordinal)
            {
                [RootMetadata.Type] = Keys(RootMetadata.Type, setup.RootKeys, setup.RootThreshold),
                [TargetsMetadata.Type] = Keys(TargetsMetadata.Type, setup.TargetsKeys, setup.TargetsThreshold),
                [SnapshotMetadata.Type] = Online(SnapshotMetadata.Type),
                [TimestampMetadata.Type] = Online(TimestampMetadata.Type),
            };
            string logFile = Path.Combine(folder, OnlineKeys, LogKey);
            byte[] exported = log.Export();
            KeyFile.WriteNew(logFile, exported);
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(exported);
            onlineFiles.Add(logFile);

            PublicTree tree = new(Path.Combine(folder, PublicFolder));
            RootMetadata root = new(1, Second(time.GetUtcNow()).AddHours(settings.Expiry.Root), ConsistentSnapshot: true, roles);
            byte[] signed = SignedFile.Write(root.ToJson(), made.Take(setup.RootKeys));
            tree.PutOnce(PublicTree.Versioned(1, RootMetadata.Type), signed);
            tree.Put(RootChain.Name, RootChain.Write([signed]));
            byte[] trust = ChannelTrust.Write(signed, settings.Policy);
            tree.Put(PublicTree.Trust, trust);
            // Last: without it nothing here is a publisher.
            DurableFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(settings, PublisherJson.Default.PublisherFile), DurableFile.Public);
            return new PublisherMade(folder, tree.Folder, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(trust)), settings.Log, offlineFiles, onlineFiles);
        }
        finally
        {
            foreach (SigningKey key in made) key.Dispose();
        }

        RoleKeys Keys(string role, int count, int threshold)
        {
            List<PublicKey> keys = [];
            for (int i = 1; i <= count; i++)
            {
                SigningKey key = SigningKey.Generate();
                made.Add(key);
                keys.Add(key.Public);
                string file = Path.Combine(offline, string.Create(CultureInfo.InvariantCulture, $"{role}-{i}{KeyFile.Ending}"));
                KeyFile.Write(file, key, role);
                offlineFiles.Add(file);
            }
            return new RoleKeys(keys, threshold);
        }

        RoleKeys Online(string role)
        {
            SigningKey key = SigningKey.Generate();
            made.Add(key);
            onlineFiles.Add(OnlineKeyFile(Path.Combine(folder, OnlineKeys), role, key));
            return new RoleKeys([key.Public], 1);
        }
    }

    static string OnlineKeyFile(string keys, string role, SigningKey key)
    {
        string file = Path.Combine(keys, $"{role}-{key.KeyId[..8]}{KeyFile.Ending}");
        KeyFile.Write(file, key, role);
        return file;
    }

    static void RequireThreshold(string role, int count, long threshold)
    {
        if (count is < 1 or > MostKeys || threshold < 1 || threshold > count)
        {
            throw new PublishingException(PublishingFault.Usage, string.Create(CultureInfo.InvariantCulture, $"{threshold} of {count} {role} keys cannot sign: 1 to {MostKeys} keys, and a threshold from 1 to their number"),
                "2 of 3 survives the loss of one key and the theft of one");
        }
    }

    static void RequirePolicy(PublisherFile settings)
    {
        try
        {
            _ = settings.Policy;
        }
        catch (ArgumentException e)
        {
            throw new PublishingException(PublishingFault.Usage, $"these witnesses and this quorum make no policy: {e.Message.Split(" (Parameter", 2)[0]}", null, e);
        }
    }
}
