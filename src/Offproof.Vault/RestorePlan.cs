namespace Offproof.Vault;

/// <summary>A file to restore, and how much of it is still to come.</summary>
sealed class PlannedFile(string path, string shown, string target, Node node, long length)
{
    internal string Path { get; } = path;
    internal string Shown { get; } = shown;
    internal string Target { get; } = target;
    internal Node Node { get; } = node;
    internal long Length { get; } = length;
    internal string Staged { get; set; } = "";
    internal int Missing;
    internal string? Failure;
}

/// <summary>A folder or link to restore.</summary>
sealed record PlannedEntry(string Shown, string Target, Node Node);

/// <summary>What a restore will do: made by reading trees only, before anything is written (vault.md §9.1).</summary>
sealed class RestorePlan
{
    // Deeper than any file system allows; a tree that nests further is an attack on the stack.
    const int MostDepth = 1000;

    readonly Repository _repository;
    readonly VaultIndex _index;
    readonly string _target;
    readonly RestoreOptions _options;
    int _entries;

    RestorePlan(Repository repository, VaultIndex index, string target, RestoreOptions options) =>
        (_repository, _index, _target, _options) = (repository, index, target, options);

    internal List<PlannedEntry> Folders { get; } = [];
    internal List<PlannedFile> Files { get; } = [];
    internal List<PlannedEntry> Links { get; } = [];
    internal List<Skipped> Problems { get; } = [];

    /// <summary>Something is in no index.</summary>
    internal bool LacksBlobs { get; private set; }

    internal static async Task<RestorePlan> MakeAsync(Repository repository, VaultIndex index, Snapshot snapshot, string target, RestoreOptions options, CancellationToken ct)
    {
        RestorePlan plan = new(repository, index, target, options);
        await plan.WalkAsync(snapshot.TreeId, "", "", 0, ct).ConfigureAwait(false);
        return plan;
    }

    /// <summary>Leaves what is chosen, and the folders that lead to it.</summary>
    internal void Keep(Func<IReadOnlyList<SnapshotFile>, IReadOnlyCollection<SnapshotFile>> choose)
    {
        HashSet<string> chosen = [.. choose([.. Files.Select(static f => new SnapshotFile(f.Path, f.Length, f.Node.ModifiedAt))]).Select(static f => f.Path)];
        Files.RemoveAll(f => !chosen.Contains(f.Path));
        Links.Clear();
        HashSet<string> leading = new(StringComparer.Ordinal);
        foreach (PlannedFile file in Files)
            for (string? folder = Path.GetDirectoryName(file.Target); folder is not null && leading.Add(folder); folder = Path.GetDirectoryName(folder)) { }
        Folders.RemoveAll(f => !leading.Contains(f.Target));
    }

    async Task WalkAsync(ContentId tree, string path, string shown, int depth, CancellationToken ct)
    {
        List<Node> nodes;
        try
        {
            if (depth > MostDepth) throw new CorruptVaultException($"folders nest more than {MostDepth} deep");
            nodes = await _repository.ReadTreeAsync(_index, tree, ct).ConfigureAwait(false);
        }
        catch (CorruptVaultException e)
        {
            LacksBlobs |= !_index.Contains(tree, tree: true);
            Problems.Add(new Skipped(shown.Length == 0 ? "/" : shown, $"the folder's list is lost: {e.Message}"));
            return;
        }
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Node node in nodes)
        {
            string shownPath = $"{shown}/{node.Shown}";
            // A wish for one folder says nothing about its neighbours: their names are not judged.
            string nodePath = $"{path}/{node.Name}";
            (bool take, bool enter) = Wanted(nodePath);
            if (!take && !enter) continue;
            if (SafeName.Refusal(node, OperatingSystem.IsWindows()) is { } refusal) Problems.Add(new Skipped(shownPath, refusal));
            else if (!seen.Add(node.Name!)) Problems.Add(new Skipped(shownPath, "the folder lists this name twice; the first one counts"));
            else await PlanAsync(node, nodePath, shownPath, take, depth, ct).ConfigureAwait(false);
        }
    }

    async Task PlanAsync(Node node, string path, string shown, bool take, int depth, CancellationToken ct)
    {
        if (++_entries > _options.MostEntries)
            throw new HostileParametersException($"the snapshot names more than {_options.MostEntries} files and folders; nothing was written. Restore a part of it, or raise the limit");
        string? relative = Strip(path);
        string target = relative is null ? _target : Path.Combine(_target, relative.Replace('/', Path.DirectorySeparatorChar));
        switch (node.Type)
        {
            case NodeType.Directory:
                if (relative is { Length: > 0 }) Folders.Add(new PlannedEntry(shown, target, node));
                if (node.Subtree is { } subtree) await WalkAsync(subtree, path, shown, depth + 1, ct).ConfigureAwait(false);
                else Problems.Add(new Skipped(shown, "the folder has no list"));
                break;
            case NodeType.File when take && relative is { Length: > 0 }:
                if (_options.ModifiedSince is null || node.ModifiedAt >= _options.ModifiedSince) PlanFile(node, path, shown, target);
                break;
            case NodeType.Symlink when take && relative is { Length: > 0 }:
                Links.Add(new PlannedEntry(shown, target, node));
                break;
            case NodeType.Other when take:
                Problems.Add(new Skipped(shown, $"'{GoText.Quote(node.TypeName)}' is not restored"));
                break;
            default:
                break;
        }
    }

    void PlanFile(Node node, string path, string shown, string target)
    {
        long length = 0;
        foreach (ContentId id in node.Content)
        {
            if (!_index.TryFind(id, tree: false, out BlobPlace place))
            {
                LacksBlobs = true;
                Problems.Add(new Skipped(shown, $"a part of the content is missing: blob {id.Short} is in no index"));
                return;
            }
            if (place.Entry.ClaimsTooMuch)
            {
                Problems.Add(new Skipped(shown, $"blob {id.Short} claims more than 128 MiB"));
                return;
            }
            length += place.Entry.ContentLength;
        }
        Files.Add(new PlannedFile(path, shown, target, node, length) { Missing = node.Content.Count });
    }

    (bool Take, bool Enter) Wanted(string path)
    {
        if (_options.Include.Count == 0) return (true, true);
        bool enter = false;
        foreach (string include in _options.Include)
        {
            string prefix = "/" + include.Trim('/');
            if (prefix.Length == 1 || Below(path, prefix)) return (true, true);
            enter |= Below(prefix, path);
        }
        return (false, enter);
    }

    /// <summary>The path in the target; empty for what only leads to it; null for what lies beside the stripped prefix.</summary>
    string? Strip(string path)
    {
        string prefix = "/" + (_options.StripPrefix ?? "").Trim('/');
        if (prefix.Length == 1) return path[1..];
        if (Below(prefix, path)) return "";
        return Below(path, prefix) ? path[(prefix.Length + 1)..] : null;
    }

    static bool Below(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');
}
