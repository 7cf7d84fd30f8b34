using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>What a new channel is made with.</summary>
/// <param name="Folder">Does not exist, or is empty</param>
/// <param name="LogName">The log's name: the first line of its checkpoints, as <c>channel.example.org/releases</c>; one that ends with / gets digits by chance</param>
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

    // Everything is made in it, and then moved out of it, publisher.json last: killed before, the same command begins anew or goes on.
    const string Init = ".init";
    const string InitSetup = "setup";

    /// <summary>Makes keys, the first root, an empty log, and <c>trust.json</c>. Nothing is released. A run that was killed goes on with the same setup.</summary>
    /// <exception cref="PublishingException">The folder is somebody's, or the numbers have no meaning.</exception>
    public static PublisherMade Create(PublisherSetup setup, TimeProvider time) => Create(setup, time, null);

    internal static PublisherMade Create(PublisherSetup setup, TimeProvider time, Action<string>? beforeWriting)
    {
        string folder = Path.GetFullPath(setup.Folder), init = Path.Combine(folder, Init);
        RequireThreshold(RootMetadata.Type, setup.RootKeys, setup.RootThreshold);
        RequireThreshold(TargetsMetadata.Type, setup.TargetsKeys, setup.TargetsThreshold);
        if (!NoteKey.IsName(setup.LogName)) throw new PublishingException(PublishingFault.Usage, $"'{setup.LogName}' is no name of a log", "as channel.example.org/releases: no spaces, no +");
        byte[] said = Encoding.UTF8.GetBytes($"{setup}\n{string.Join('\n', (setup.Witnesses ?? []).Select(static w => $"{w.Key} {w.Url}"))}\n");
        bool isMade = File.Exists(Path.Combine(init, FileName)); // by a run that was killed behind it
        if (isMade && !said.AsSpan().SequenceEqual(DurableFile.Read(Path.Combine(init, InitSetup), MostFile)))
            throw new PublishingException(PublishingFault.Refused, $"an init with other settings was begun in {setup.Folder}: nothing was made", "say the same again, or name another folder");
        string offline = Path.Combine(folder, OnlineKeys, "offline"), safe = setup.KeysFolder is { } named ? Path.GetFullPath(named) : offline;
        string[] ours = isMade ? [Init, OnlineKeys, PublicFolder, Path.GetRelativePath(folder, safe).Split(Path.DirectorySeparatorChar)[0]] : [Init];
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(entry => !ours.Contains(Path.GetFileName(entry), StringComparer.Ordinal)))
            throw new PublishingException(PublishingFault.Refused, $"{setup.Folder} is not empty: nothing was made", "name a folder that does not exist");
        if (!isMade)
        {
            RequireFree(safe, setup);
            if (!ForgetInit(folder) && Directory.Exists(init) && Directory.EnumerateFileSystemEntries(init).Any()) throw new PublishingException(PublishingFault.Refused, $"{init} is somebody's: nothing was made", "name a folder that does not exist");
            DurableFile.MakeFolder(init, DurableFile.Private | UnixFileMode.UserExecute);
            Step(InitSetup);
            DurableFile.Write(Path.Combine(init, InitSetup), said, DurableFile.Private);
            Make(setup, init, time, Step);
        }
        foreach (string name in (string[])[OnlineKeys, PublicFolder]) Move(name);
        if (safe != offline) Carry(offline, safe, Step);
        Move(FileName);
        DirectorySync.Flush(folder);
        Step("forget");
        ForgetInit(folder);

        PublisherFile made = PublisherJson.Read(Path.Combine(folder, FileName), MostFile, PublisherJson.Default.PublisherFile);
        string keys = Path.Combine(folder, OnlineKeys), tree = Path.Combine(folder, PublicFolder);
        return new PublisherMade(folder, tree, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(tree, PublicTree.Trust)))), made.Log,
            [.. OfflineNames(setup).Select(name => Path.Combine(safe, name))], [.. Directory.EnumerateFiles(keys, "*" + KeyFile.Ending).Order(StringComparer.Ordinal)]);

        void Step(string name) => beforeWriting?.Invoke(name);

        void Move(string name)
        {
            Step("move " + name);
            if (Path.Exists(Path.Combine(init, name))) Directory.Move(Path.Combine(init, name), Path.Combine(folder, name));
        }
    }

    /// <summary>Deletes what a run that was killed made: nothing of it was ever published. False where it is somebody's.</summary>
    static bool ForgetInit(string folder)
    {
        string init = Path.Combine(folder, Init);
        DurableFile.ForgetBegun(init, SearchOption.TopDirectoryOnly);
        if (!File.Exists(Path.Combine(init, InitSetup))) return false;
        if (Directory.EnumerateFileSystemEntries(init).Any(static entry => Path.GetFileName(entry) is not (InitSetup or OnlineKeys or PublicFolder or FileName))) return false;
        Directory.Delete(init, recursive: true);
        return true;
    }

    static IEnumerable<string> OfflineNames(PublisherSetup setup) =>
        Enumerable.Range(1, setup.RootKeys).Select(static n => OfflineName(RootMetadata.Type, n)).Concat(Enumerable.Range(1, setup.TargetsKeys).Select(static n => OfflineName(TargetsMetadata.Type, n)));

    static string OfflineName(string role, int number) => string.Create(CultureInfo.InvariantCulture, $"{role}-{number}{KeyFile.Ending}");

    static void RequireFree(string offline, PublisherSetup setup)
    {
        if (OfflineNames(setup).Select(name => Path.Combine(offline, name)).FirstOrDefault(File.Exists) is { } there) throw KeyFile.Taken(there);
    }

    // Never over a file: what is there is the same key, which a killed run carried, or somebody's.
    static void Carry(string from, string to, Action<string> step)
    {
        if (!Directory.Exists(from)) return;
        foreach (string file in Directory.EnumerateFiles(from, "*" + KeyFile.Ending).Order(StringComparer.Ordinal))
        {
            string place = Path.Combine(to, Path.GetFileName(file));
            step("carry");
            using SigningKey key = KeyFile.Read(file);
            if (!File.Exists(place)) KeyFile.Write(place, key, KeyFile.RoleOf(file)!);
            else if (KeyFile.KeyIdOf(place) != key.KeyId) throw KeyFile.Taken(place);
        }
        step("carried");
        Directory.Delete(from, recursive: true);
    }

    static void Make(PublisherSetup setup, string folder, TimeProvider time, Action<string> step)
    {
        string offline = Path.Combine(folder, OnlineKeys, "offline");
        string name = setup.LogName.EndsWith('/') ? setup.LogName + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)) : setup.LogName;
        using NoteSigner log = NoteSigner.Create(name, NoteKeyKind.Log);
        PublisherFile settings = new(PublisherFile.CurrentSchema, log.Key.ToString(), [.. (setup.Witnesses ?? []).Select(static w => new WitnessEntry(w.Key, w.Url))], setup.Quorum, setup.Expiry ?? new ExpiryHours());
        RequirePolicy(settings);
        List<SigningKey> made = [];
        try
        {
            Dictionary<string, RoleKeys> roles = new(StringComparer.Ordinal)
            {
                [RootMetadata.Type] = Keys(RootMetadata.Type, setup.RootKeys, setup.RootThreshold),
                [TargetsMetadata.Type] = Keys(TargetsMetadata.Type, setup.TargetsKeys, setup.TargetsThreshold),
                [SnapshotMetadata.Type] = Online(SnapshotMetadata.Type),
                [TimestampMetadata.Type] = Online(TimestampMetadata.Type),
            };
            byte[] exported = log.Export();
            KeyFile.WriteNew(Path.Combine(folder, OnlineKeys, LogKey), exported);
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(exported);

            PublicTree tree = new(Path.Combine(folder, PublicFolder)) { BeforeWriting = step };
            RootMetadata root = new(1, Second(time.GetUtcNow()).AddHours(settings.Expiry.Root), ConsistentSnapshot: true, roles);
            byte[] signed = SignedFile.Write(root.ToJson(), made.Take(setup.RootKeys));
            tree.PutOnce(PublicTree.Versioned(1, RootMetadata.Type), signed);
            tree.Put(RootChain.Name, RootChain.Write([signed]));
            tree.Put(PublicTree.Trust, ChannelTrust.Write(signed, settings.Policy));
            step(FileName);
            // Last: without it this is no publisher.
            DurableFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(settings, PublisherJson.Default.PublisherFile), DurableFile.Public);
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
                step(role);
                KeyFile.Write(Path.Combine(offline, OfflineName(role, i)), key, role);
            }
            return new RoleKeys(keys, threshold);
        }

        RoleKeys Online(string role)
        {
            SigningKey key = SigningKey.Generate();
            made.Add(key);
            step(role);
            OnlineKeyFile(Path.Combine(folder, OnlineKeys), role, key);
            return new RoleKeys([key.Public], 1);
        }
    }

    static void OnlineKeyFile(string keys, string role, SigningKey key)
    {
        KeyFile.Write(Path.Combine(keys, $"{role}-{key.KeyId[..8]}{KeyFile.Ending}"), key, role);
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
