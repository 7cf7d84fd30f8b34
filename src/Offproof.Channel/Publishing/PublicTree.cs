using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Channel;

/// <summary>The published tree (channel.md §1) as a publisher sees it: what stands, and files put beside their place and renamed.</summary>
sealed class PublicTree(string folder)
{
    internal const string Timestamp = "timestamp.json";
    internal const string Trust = "trust.json";
    internal const string Log = "log";
    internal const string Targets = "targets";

    internal string Folder => folder;

    /// <summary>Called before each file is put in its place, so that tests can break off there.</summary>
    internal Action<string>? BeforeWriting { get; set; }

    internal string this[string name] => Path.Combine(folder, name);

    internal static string Versioned(long version, string role) => string.Create(CultureInfo.InvariantCulture, $"{version}.{role}.json");

    /// <summary>Where a target lies: DIR/HASH.NAME.</summary>
    internal static string TargetPlace(string target, string sha256)
    {
        int at = target.LastIndexOf('/') + 1;
        return $"{Targets}/{target[..at]}{sha256}.{target[at..]}";
    }

    internal void Put(string name, ReadOnlySpan<byte> content)
    {
        BeforeWriting?.Invoke(name);
        DurableFile.Write(this[name], content, DurableFile.Public);
    }

    /// <summary>What is never replaced. The same bytes again are no change; other bytes would be a second truth under one name.</summary>
    internal void PutOnce(string name, ReadOnlySpan<byte> content)
    {
        if (File.Exists(this[name]) && File.ReadAllBytes(this[name]).AsSpan().SequenceEqual(content)) return;
        if (File.Exists(this[name])) throw new PublishingException(PublishingFault.Refused, $"{this[name]} is published already, with other bytes: it was left as it is", "is this folder published from elsewhere, too?");
        Put(name, content);
    }

    /// <summary>What is replaced only by something else.</summary>
    internal void PutChanged(string name, ReadOnlySpan<byte> content)
    {
        if (!File.Exists(this[name]) || !File.ReadAllBytes(this[name]).AsSpan().SequenceEqual(content)) Put(name, content);
    }

    /// <summary>A target's file, by its hash; a large one is copied beside its place.</summary>
    internal void PutTarget(string source, string target, string sha256)
    {
        string name = TargetPlace(target, sha256), place = this[name], temporary = DurableFile.Beside(place);
        if (File.Exists(place)) return;
        BeforeWriting?.Invoke(name);
        DurableFile.MakeFolder(Path.GetDirectoryName(place)!);
        File.Copy(source, temporary);
        using (FileStream copy = new(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            if (Convert.ToHexStringLower(SHA256.HashData(copy)) != sha256) throw new PublishingException(PublishingFault.Forgery, $"{source} is not the file that was staged: nothing of the release was published", "stage it again");
            copy.Flush(flushToDisk: true);
        }
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, DurableFile.Public);
        File.Move(temporary, place, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(place)!);
    }

    /// <summary>The newest root that lies here.</summary>
    internal long NewestRoot()
    {
        long version = 0;
        while (File.Exists(this[Versioned(version + 1, RootMetadata.Type)])) version++;
        return version;
    }

    internal SignedFile Read(string name, int most) => ReadFile(this[name], most);

    internal static SignedFile ReadFile(string path, int most)
    {
        try
        {
            return SignedFile.Read(DurableFile.Read(path, most) ?? throw new PublishingException(PublishingFault.Failure, $"{path} is missing"));
        }
        catch (Exception e) when (e is TufException or InvalidDataException)
        {
            throw new PublishingException(PublishingFault.Forgery, $"{path} cannot be read: {e.Message}", null, e);
        }
    }
}
