using System.Globalization;
using System.Runtime.InteropServices;

namespace Offproof.Interop.Crashes;

/// <summary>What a disk may hold after a crash at one moment of a log.</summary>
/// <param name="Visible">Files under their names, by operation.</param>
/// <param name="Torn">Operations whose temporary file lies in `tmp/`, half written.</param>
/// <param name="TornInPlace">Files under their own name whose bytes are not all there: what must never be.</param>
sealed record Crash(IReadOnlyList<Step> Visible, IReadOnlyList<Step> Torn, Step? TornInPlace = null)
{
    string Key => string.Join(' ', Visible.Select(static s => s.Operation)) + "|" + string.Join(' ', Torn.Select(static s => s.Operation));

    /// <summary>
    /// Every state that a crash can leave: what was acknowledged is there; each write under way is not there, or half in its temporary file, or whole. A
    /// removal (of a lock) is never synced, so it may be undone as long as nothing else was written after it.
    /// </summary>
    internal static IReadOnlyList<Crash> All(IReadOnlyList<Step> log)
    {
        Dictionary<string, Crash> crashes = new(StringComparer.Ordinal);
        for (int length = 0; length <= log.Count; length++)
        {
            List<Step> past = [.. log.Take(length)];
            HashSet<int> ended = [.. past.Where(static s => s.Ends).Select(static s => s.Operation)];
            List<Step> underWay = [.. past.Where(s => !s.Ends && !ended.Contains(s.Operation))];
            for (int choice = 0; choice < (int)Math.Pow(3, underWay.Count); choice++)
            {
                List<Step> done = [.. past.Where(static s => s.Ends)], torn = [];
                int rest = choice;
                foreach (Step step in underWay)
                {
                    if (rest % 3 == 1 && step.Content is not null) torn.Add(step);
                    if (rest % 3 == 2) done.Add(step);
                    rest /= 3;
                }
                Crash crash = Of(done, torn);
                crashes.TryAdd(crash.Key, crash);
                if (done.Count > 0 && done[^1].Content is null) crashes.TryAdd((crash = Of(done[..^1], torn)).Key, crash);
            }
        }
        return [.. crashes.Values];
    }

    static Crash Of(List<Step> done, List<Step> torn)
    {
        HashSet<VaultFile> removed = [.. done.Where(static s => s.Content is null).Select(static s => s.File)];
        return new Crash([.. done.Where(s => s.Content is not null && !removed.Contains(s.File)).OrderBy(static s => s.Operation)], torn);
    }

    internal bool Has(VaultFileKind kind) => Visible.Any(s => s.File.Kind == kind);

    internal int Count(VaultFileKind kind) => Visible.Count(s => s.File.Kind == kind);
}

/// <summary>Rebuilds crashes as folders; files are hard links to one copy of each.</summary>
sealed partial class CrashedFolders(string store)
{
    internal void Build(Crash crash, string folder)
    {
        foreach (string name in (string[])["keys", "locks", "snapshots", "index", "data", "tmp"]) Directory.CreateDirectory(Path.Combine(folder, name));
        foreach (Step step in crash.Visible)
        {
            if (step == crash.TornInPlace) File.WriteAllBytes(PathOf(folder, step.File), step.Content!.AsSpan(0, step.Content!.Length / 2));
            else Marshal.ThrowExceptionForHR(Link(Stored(step), PathOf(folder, step.File)) == 0 ? 0 : Marshal.GetHRForLastWin32Error());
        }
        foreach (Step step in crash.Torn)
            File.WriteAllBytes(Path.Combine(folder, "tmp", string.Create(CultureInfo.InvariantCulture, $"{step.Operation:x16}.part")), step.Content!.AsSpan(0, step.Content!.Length / 2));
    }

    string Stored(Step step)
    {
        string path = Path.Combine(store, step.Operation.ToString(CultureInfo.InvariantCulture));
        if (!File.Exists(path)) File.WriteAllBytes(path, step.Content!);
        return path;
    }

    static string PathOf(string folder, VaultFile file)
    {
        if (file.Kind == VaultFileKind.Config) return Path.Combine(folder, "config");
        if (file.Kind != VaultFileKind.Data) return Path.Combine(folder, FolderStorage.NameOf(file.Kind), file.Name);
        return Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "data", file.Name[..2])).FullName, file.Name);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string old, string made);
}
