namespace Offproof.Evidence;

public sealed partial class CaseFolder
{
    const int MostAbout = 8 << 20;

    /// <summary>The bundles that are published with the case, each compared with what was noted of it (case.md §4).</summary>
    Dictionary<string, CaseBundle> Bundles(Dossier dossier)
    {
        Dictionary<string, CaseBundle> bundles = new(StringComparer.Ordinal);
        foreach (Placed evidence in dossier.Standing("evidence").Where(static evidence => evidence["bundle"] is { } at && !at.Contains("://", StringComparison.Ordinal)))
        {
            string at = evidence["bundle"]!;
            byte[] sums = Inside($"{at}/{CaseBundle.ListName}", History.FileLimit) ?? throw new EvidenceException(EvidenceFault.Failure, $"{evidence.File}: {at}/{CaseBundle.ListName} is not there");
            if (Checksums.Of(sums) != evidence["sums"]) throw new EvidenceException(EvidenceFault.Forgery, $"{evidence.File}: {at}/{CaseBundle.ListName} has another hash than the one that was noted", "is it the same bundle? nothing was written");
            Dictionary<string, string> listed = CaseBundle.Lines(sums, at);
            if (!listed.ContainsKey(evidence["file"]!)) throw new EvidenceException(EvidenceFault.Forgery, $"{evidence.File}: {at}/{CaseBundle.ListName} does not list {evidence["file"]}", "nothing was written");
            byte[]? about = listed.TryGetValue("bundle.json", out string? hash) ? Inside($"{at}/bundle.json", MostAbout) : null;
            if (about is not null && Checksums.Of(about) != hash) throw new EvidenceException(EvidenceFault.Forgery, $"{at}/bundle.json is not what {CaseBundle.ListName} lists", "nothing was written");
            // What is published once stays so: keys of a recording, or the persona of somebody's phone, are not taken back.
            if (evidence["opens"] is null && CaseBundle.Objection(about) is { } objection)
                throw new EvidenceException(EvidenceFault.Refused, $"{evidence.File}: {at} {objection}; nothing was written",
                    $"offproof evidence publish makes a public form; where everybody may see it as it is, case add DIR evidence --corrects {evidence.Id} --because WHY --opens TEXT says so, and what it opens");
            bundles.TryAdd(at, new CaseBundle(at, sums, listed));
        }
        return bundles;
    }

    void CopyBundles(IEnumerable<CaseBundle> bundles, string made)
    {
        foreach (CaseBundle bundle in bundles)
        {
            string to = Path.Combine(made, bundle.At);
            Directory.CreateDirectory(to);
            foreach ((string file, string hash) in bundle.Listed) Copy($"{bundle.At}/{file}", Path.Combine(to, CaseBundle.NameOf(file)), hash);
            File.WriteAllBytes(Path.Combine(to, CaseBundle.ListName), bundle.Sums);
            if (Inside($"{bundle.At}/{CaseBundle.ListName}.minisig", MinisignSignature.FileLimit) is { } signature) File.WriteAllBytes(Path.Combine(to, CaseBundle.ListName + ".minisig"), signature);
        }
    }

    void Copy(string name, string to, string hash)
    {
        RequireNoLink(name);
        string from = Path.Combine(root, name);
        if (!File.Exists(from) || FileKind.IsSpecial(from)) throw new EvidenceException(EvidenceFault.Forgery, $"{name} is listed, and is no file there", "nothing was written");
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
        using FileStream copy = File.OpenRead(to);
        if (Checksums.Of(copy) != hash) throw new EvidenceException(EvidenceFault.Forgery, $"{name} is not what SHA256SUMS lists", "nothing was written");
    }

    /// <summary>A file of the case, null where it is absent or longer; <see cref="RequireNoLink"/> holds on the way to it.</summary>
    byte[]? Inside(string name, int most)
    {
        RequireNoLink(name);
        return FileKind.TryReadAll(Path.Combine(root, name), most);
    }

    // A folder on the way that is a link would publish what lies elsewhere.
    void RequireNoLink(string name)
    {
        string at = root;
        foreach (string part in name.Split('/'))
        {
            at = Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null) throw new EvidenceException(EvidenceFault.Refused, $"{Path.GetRelativePath(root, at)} is a link: none is followed; nothing was written", "put the files themselves there");
        }
    }
}
