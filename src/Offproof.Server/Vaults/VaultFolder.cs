using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Where a vault's bytes lie: the layout of a local restic repository (protocol.md §9), so that `restic -r DIR/vaults/...` opens it as it is.</summary>
readonly record struct VaultFolder(DataFolder Data, VaultAddress Address)
{
    internal string Root => Path.Combine(Data.Vaults, Address.Account.Text, Address.Device.Text, Address.Category.Name(), Address.EpochText);

    internal string Config => Path.Combine(Root, "config");

    internal string Sealed => Path.Combine(Data.Recovery, Address.Account.Text, Address.Device.Text, Address.Category.Name(), Address.EpochText + ".age");

    internal void Create()
    {
        foreach (var type in ObjectTypes.All) DataFolder.CreateFolder(Path.Combine(Root, type.Name()));
    }

    internal string FolderOf(ObjectType type) => Path.Combine(Root, type.Name());

    internal string FileOf(ObjectType type, Digest name) => type == ObjectType.Data
        ? Path.Combine(Root, "data", name.Text[..2], name.Text)
        : Path.Combine(Root, type.Name(), name.Text);

    // Whole objects only: uploads that are running lie elsewhere.
    internal List<(string Name, long Size, long Received)> List(ObjectType type)
    {
        DirectoryInfo folder = new(Path.Combine(Root, type.Name()));
        if (!folder.Exists) return [];
        List<(string Name, long Size, long Received)> found = [];
        foreach (var file in folder.EnumerateFiles("*", type == ObjectType.Data ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly))
        {
            if (Digest.TryParse(file.Name, out _)) found.Add((file.Name, file.Length, Received(file)));
        }

        found.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return found;
    }

    // Seconds since 1970: Upload.Publish set it.
    internal static long Received(FileInfo file) => new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds();

    // protocol.md §6: config and keys included, locks not.
    internal (long Objects, long Bytes) Measure()
    {
        FileInfo config = new(Config);
        (long objects, long bytes) = config.Exists ? (1L, config.Length) : (0L, 0L);
        foreach (var type in ObjectTypes.All)
        {
            if (type == ObjectType.Locks) continue;
            foreach (var (_, size, _) in List(type)) (objects, bytes) = (objects + 1, bytes + size);
        }

        return (objects, bytes);
    }
}
