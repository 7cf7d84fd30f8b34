namespace Offproof.Auditor;

/// <summary>Plants data in a capture of its own making and has it audited as any other is: packets, streams, protocols, search, verdict.</summary>
internal static class SelfTestCapture
{
    /// <summary>Draws so many, every carrier as often, each in a conversation of its own.</summary>
    /// <param name="other">Audited with these instead: nothing is found then.</param>
    internal static IReadOnlyList<Planting> Run(Sample sample, int count, ulong seed, Canaries? other = null)
    {
        Dice dice = new(seed ^ 0xCA97);
        IReadOnlyList<Disguise> hashes = [.. LeakyHashes.All(sample.Salt).Where(h => !LeakyHashes.IsShort(h) && !LeakyHashes.IsSalted([h]))];
        List<(Planted Datum, Holder Holder, Disguise[] Chain)> plantings = [];
        Recorder recorder = new();
        while (plantings.Count < count)
        {
            Holder holder = Holder.All[plantings.Count % Holder.All.Count];
            (Planted datum, Disguise[] chain) = dice.Below(4) switch
            {
                0 => (dice.One(sample.Planted), (Disguise[])[]),
                1 => (dice.One(sample.Planted), [dice.One(Chains.Everyday)]),
                2 => (sample.Email, [dice.One(Disguise.LeakyForms), dice.One(Disguise.LeakyForms), dice.One(Disguise.LeakyForms)]),
                _ => (sample.Email, [dice.One(hashes), dice.One(Disguise.LeakyForms)]),
            };
            if (SelfTest.Disguised(datum.Bytes, chain) is not { } payload || holder.Hold(payload, chain.Length == 0 ? "" : chain[^1].Name) is not { } bytes) continue;
            recorder.Add(holder, bytes);
            plantings.Add((datum, holder, chain));
        }
        using AuditRun run = new(other ?? sample.Canaries, null);
        using MemoryStream capture = new(recorder.Capture());
        run.Read("self-test", capture, default);
        AuditReport report = run.Report();
        // Conversations are numbered in the order of their first packets.
        ILookup<int, FindingReport> findings = report.Findings.Where(f => f.Standing == "evidence").ToLookup(f => f.Flow);
        return [.. plantings.Select((p, at) => new Planting(p.Datum.Kind, p.Holder.Name, SelfTest.Named(p.Chain), findings[at + 1].Any(f => f.Canary == p.Datum.Canary && f.Carrier == AuditRun.Word(p.Holder.Carrier))))];
    }
}
