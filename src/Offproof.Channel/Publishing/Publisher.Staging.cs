using System.Security.Cryptography;

namespace Offproof.Channel;

/// <summary>An update that is to be announced.</summary>
/// <param name="Model">As <see cref="Notice.Model"/></param>
/// <param name="Version">Its version</param>
/// <param name="Channel">stable, beta, ...</param>
/// <param name="File">The whole update</param>
/// <param name="Notes">Language to text</param>
/// <param name="DeltasFrom">Older versions, with their files</param>
/// <param name="Rollout">Over which time; zero: for all at once</param>
/// <param name="Minimum">The lowest version from which it can be installed</param>
/// <param name="Critical">For all at once, whatever the rollout</param>
/// <param name="Start">When the rollout begins; null: when it is staged</param>
public sealed record UpdateDraft(
    string Model, ReleaseVersion Version, string Channel, string File, IReadOnlyDictionary<string, string> Notes, IReadOnlyList<(ReleaseVersion Version, string File)> DeltasFrom,
    TimeSpan Rollout = default, ReleaseVersion? Minimum = null, bool Critical = false, DateTimeOffset? Start = null);

/// <summary>What was staged.</summary>
/// <param name="Targets">The version of the targets that is to be signed</param>
/// <param name="Entries">Greetings, or notices, in the bundle</param>
/// <param name="Added">of them not published yet, or published otherwise</param>
/// <param name="Removed">published, and gone with this</param>
/// <param name="Bytes">of the bundle's file</param>
/// <param name="Remarks">What was left out, and why</param>
public sealed record StageReport(long Targets, int Entries, int Added, int Removed, long Bytes, IReadOnlyList<string> Remarks);

public sealed partial class Publisher
{
    /// <summary>Stages a collection: these entries, and no others.</summary>
    /// <exception cref="PublishingException">An entry is none.</exception>
    public StageReport StageGreetings(IEnumerable<Greeting> greetings)
    {
        List<Greeting> entries = [.. greetings];
        Standing latest = Latest();
        IReadOnlyList<Greeting> before = latest.Targets?.Metadata.Targets.TryGetValue(GreetingList.Target, out TargetFile? target) == true ? GreetingList.Read(GreetingList.Open(ReadTarget(GreetingList.Target, target))) : [];
        byte[] file = Sealed(() => GreetingList.Seal(GreetingList.Write(entries)));
        // Read back before it may leave: what no device would take is not staged.
        IReadOnlyList<Greeting> read = GreetingList.Read(GreetingList.Open(file));
        HashSet<Greeting> old = [.. before];
        HashSet<string> ids = [.. read.Select(static g => g.Id)];
        RequireBundle(GreetingList.Target, file);
        long version = StageTargets(latest, files => PutStaged(files, GreetingList.Target, file));
        return new StageReport(version, read.Count, read.Count(g => !old.Contains(g)), before.Count(g => !ids.Contains(g.Id)), file.Length, []);
    }

    /// <summary>Stages a notice with its payloads, beside those that are published.</summary>
    /// <exception cref="PublishingException">It is none, or its version is another file already.</exception>
    public StageReport StageUpdate(UpdateDraft draft)
    {
        Standing latest = Latest();
        List<Notice> notices = [.. Notices(latest)];
        string folder = $"payloads/{draft.Model}/{draft.Version}/";
        string name = NoticePayload.IsFileName(Path.GetFileName(draft.File)) ? Path.GetFileName(draft.File) : "update.bin";
        (long bytes, string sha256) = Measure(draft.File);
        string id = Notice.IdOf(draft.Model, draft.Version, draft.Channel);
        // A version is one file, or a hash that somebody wrote down says nothing.
        if (notices.Find(n => n.Model == draft.Model && n.Version == draft.Version) is { } other && other.Payloads[0].Sha256 != sha256)
            throw new PublishingException(PublishingFault.Refused, $"{draft.Model} {draft.Version} is another file already: nothing was staged", "give this one another version");

        DateTimeOffset now = Expires(0);
        List<NoticePayload> payloads = [new(NoticePayload.Full, folder + name, bytes, sha256)];
        Notice notice = new(id, draft.Model, draft.Version, draft.Channel, now, new NoticeRollout(Second(draft.Start ?? now), (long)draft.Rollout.TotalSeconds), draft.Critical, draft.Notes, payloads, draft.Minimum);
        if (notice.Complaint() is { } wrong) throw new PublishingException(PublishingFault.Usage, $"{id}: {wrong}: nothing was staged");
        Dictionary<string, TargetFile> staged = new(StringComparer.Ordinal) { [folder + name] = StageCopy(draft.File, folder + name, bytes, sha256) };
        List<string> remarks = [];
        foreach ((ReleaseVersion from, string file) in draft.DeltasFrom) AddDelta(draft, from, file, payloads, staged, remarks);

        notices.RemoveAll(n => n.Id == id);
        notices.Add(notice);
        return StageNotices(latest, notices, staged, remarks);
    }

    /// <summary>Stages that a notice is gone; its payloads go with it. Again is once.</summary>
    public StageReport StageWithdrawal(string id)
    {
        Standing latest = Latest();
        List<Notice> notices = [.. Notices(latest)];
        bool isGone = notices.RemoveAll(n => n.Id == id) == 1 || (latest.Targets is { } targets && NoticesOf(targets.Metadata).Any(n => n.Id == id));
        return isGone ? StageNotices(latest, notices, new Dictionary<string, TargetFile>(StringComparer.Ordinal), [])
            : throw new PublishingException(PublishingFault.Failure, $"there is no notice {id}: nothing was staged", "MODEL/VERSION/CHANNEL");
    }

    /// <summary>Stages targets and root anew, unchanged but for the time until which they are good.</summary>
    public void StageRenewal()
    {
        Standing latest = Latest();
        StageRoot(latest, static roles => { }, latest.Targets is not null || File.Exists(StagedTargets));
    }

    StageReport StageNotices(Standing latest, List<Notice> notices, Dictionary<string, TargetFile> staged, IReadOnlyList<string> remarks)
    {
        IReadOnlyList<Notice> before = latest.Targets is null ? [] : NoticesOf(latest.Targets.Metadata);
        byte[] content = Sealed(() => NoticeList.Write(notices));
        byte[] file = NoticeList.Seal(content);
        RequireBundle(NoticeList.Target, file);
        IReadOnlyList<Notice> read = NoticeList.Read(NoticeList.Open(file));
        HashSet<string> old = [.. before.Select(Line)], needed = [.. read.SelectMany(static n => n.Payloads).Select(static p => p.Target)];
        long version = StageTargets(latest, files =>
        {
            PutStaged(files, NoticeList.Target, file);
            foreach (string gone in files.Keys.Where(name => name.StartsWith("payloads/", StringComparison.Ordinal) && !needed.Contains(name)).ToList()) files.Remove(gone);
            foreach ((string name, TargetFile target) in staged) files[name] = target;
            // What a notice promises must be there to be fetched.
            if (needed.FirstOrDefault(name => !files.ContainsKey(name)) is { } missing) throw new PublishingException(PublishingFault.Forgery, $"{missing} is announced, and not there: nothing was staged");
        });
        return new StageReport(version, read.Count, read.Count(n => !old.Contains(Line(n))), before.Count(b => read.All(n => n.Id != b.Id)), file.Length, remarks);

        static string Line(Notice notice) => System.Text.Encoding.UTF8.GetString(NoticeList.Write([notice]));
    }

    void AddDelta(UpdateDraft draft, ReleaseVersion from, string file, List<NoticePayload> payloads, Dictionary<string, TargetFile> staged, List<string> remarks)
    {
        if (from >= draft.Version) throw new PublishingException(PublishingFault.Usage, $"a delta from {from} to {draft.Version} goes nowhere: nothing was staged");
        string target = $"payloads/{draft.Model}/{draft.Version}/{from}-to-{draft.Version}.zst", made = DurableFile.Beside(Path.Combine(StagedFiles, "delta")), check = DurableFile.Beside(Path.Combine(StagedFiles, "check"));
        tree.BeforeWriting?.Invoke(Path.GetRelativePath(folder, made));
        DurableFile.MakeFolder(StagedFiles);
        (_, string fromSha256) = Measure(file);
        if (!Delta.TryMake(file, draft.File, made))
        {
            File.Delete(made);
            remarks.Add($"no delta from {from}: a delta's update has at most {Delta.MostBytes >> 20} MiB, and starts from at most {Delta.MostFrom >> 20}; devices fetch it whole");
            return;
        }
        NoticePayload payload = payloads[0] with { Kind = NoticePayload.Delta, Target = target, From = from, FromSha256 = fromSha256 };
        DeltaResult result = Delta.Apply(payload, file, made, check);
        File.Delete(check);
        if (result != DeltaResult.Done) throw new PublishingException(PublishingFault.Failure, $"the delta from {from} does not make the update ({result}): nothing was staged", "did the files change meanwhile?");
        if (new FileInfo(made).Length >= payload.Bytes)
        {
            File.Delete(made);
            remarks.Add($"no delta from {from}: it would be as large as the update");
            return;
        }
        staged[target] = PutStagedFile(made, target, Measure(made));
        payloads.Add(payload);
    }

    long StageTargets(Standing latest, Action<SortedDictionary<string, TargetFile>> change)
    {
        TargetsMetadata targets = DraftTargets(latest, change);
        PutDrafts(latest, null, targets);
        return targets.Version;
    }

    TargetsMetadata DraftTargets(Standing latest, Action<SortedDictionary<string, TargetFile>> change)
    {
        TargetsMetadata? from = File.Exists(StagedTargets) ? ReadTargets(StagedTargets).Metadata : latest.Targets?.Metadata;
        SortedDictionary<string, TargetFile> files = new(from?.Targets.ToDictionary(StringComparer.Ordinal) ?? [], StringComparer.Ordinal);
        change(files);
        return new TargetsMetadata((latest.Targets?.Metadata.Version ?? 0) + 1, Expires(settings.Expiry.Targets), files, []);
    }

    void PutStaged(SortedDictionary<string, TargetFile> files, string target, byte[] content)
    {
        files[target] = TargetFile.Of(content);
        Stage(StagedFile(target, files[target].Hashes.ByName["sha256"]), content);
    }

    TargetFile StageCopy(string file, string target, long bytes, string sha256)
    {
        string copy = DurableFile.Beside(Path.Combine(StagedFiles, "copy"));
        tree.BeforeWriting?.Invoke(Path.GetRelativePath(folder, copy));
        DurableFile.MakeFolder(StagedFiles);
        File.Copy(file, copy);
        if (Measure(copy) != (bytes, sha256)) throw new PublishingException(PublishingFault.Failure, $"{file} changed while it was read: nothing was staged", "again, when it is whole");
        return PutStagedFile(copy, target, (bytes, sha256));
    }

    TargetFile PutStagedFile(string from, string target, (long Bytes, string Sha256) measured)
    {
        string place = StagedFile(target, measured.Sha256);
        tree.BeforeWriting?.Invoke(Path.GetRelativePath(folder, place));
        DurableFile.MakeFolder(Path.GetDirectoryName(place)!);
        File.Move(from, place, overwrite: true);
        return new TargetFile(measured.Bytes, FileHashesOf(measured.Sha256));
    }

    IReadOnlyList<Notice> Notices(Standing latest) => File.Exists(StagedTargets) ? NoticesOf(ReadTargets(StagedTargets).Metadata) : latest.Targets is null ? [] : NoticesOf(latest.Targets.Metadata);

    IReadOnlyList<Notice> NoticesOf(TargetsMetadata targets) =>
        targets.Targets.TryGetValue(NoticeList.Target, out TargetFile? target) ? NoticeList.Read(NoticeList.Open(ReadTarget(NoticeList.Target, target))) : [];

    // In a rehearsal large files are links, whose own length is that of a path.
    static long? LengthOf(string file) => !File.Exists(file) ? null : new FileInfo(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file).Length;

    /// <summary>Where the bytes of a target lie, published or staged; whoever takes them compares their hash.</summary>
    string PlaceOf(string name, TargetFile target)
    {
        string sha256 = target.Hashes.ByName["sha256"], published = tree[PublicTree.TargetPlace(name, sha256)], staged = StagedFile(name, sha256);
        if (LengthOf(published) == target.Length) return published;
        return LengthOf(staged) == target.Length ? staged
            : throw new PublishingException(PublishingFault.Forgery, $"the file of the target {name} is neither staged nor published", "stage it again");
    }

    byte[] ReadTarget(string name, TargetFile target)
    {
        byte[] bytes = File.ReadAllBytes(PlaceOf(name, target));
        return target.Describes(bytes) ? bytes : throw new PublishingException(PublishingFault.Forgery, $"the file of the target {name} is damaged", "copy it back from where it is served");
    }

    static byte[] Sealed(Func<byte[]> write)
    {
        try
        {
            return write();
        }
        catch (ContentException e)
        {
            throw new PublishingException(PublishingFault.Failure, $"{e.Message}: nothing was staged", null, e);
        }
    }

    static FileHashes FileHashesOf(string sha256) => new(new Dictionary<string, string>(StringComparer.Ordinal) { ["sha256"] = sha256 });

    static (long Bytes, string Sha256) Measure(string file)
    {
        // A pipe has no length, and to open one waits for whoever writes to it, with this folder held.
        if (LengthOf(file) is not > 0) throw new PublishingException(PublishingFault.Failure, $"{file} is not there, is empty, or is no regular file: nothing was staged");
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        return (stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
