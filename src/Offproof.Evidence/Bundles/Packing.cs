using System.Globalization;

namespace Offproof.Evidence;

/// <summary>From files to a signed folder (evidence.md §1, §5).</summary>
static class Packing
{
    const string WhatKeysOpen = "the whole content of the TLS connections in the captures that they belong to: messages, cookies, passwords, whoever's they are";

    internal static PackResult Run(PackRequest request, TimeProvider time, CancellationToken cancel)
    {
        Check(request);
        bool isWhole = !request.HashOnly && (request.Planted || request.IncludeKeys);
        using BundleWriter writer = new(request.Folder);
        List<AboutAbsent> absent = [];
        List<string> opens = [];
        if (SecretScan.In($"{request.Title}\n{request.Note}") is { } said) throw said.IsPrivateKey ? Private("the title or the note", said.What) : Keys("the title or the note", said.What);
        foreach (var input in request.Inputs)
        {
            cancel.ThrowIfCancellationRequested();
            if (input.Role == PackRole.Capture && !isWhole)
            {
                absent.Add(Absent(input.File, WhyAbsent(request)));
                continue;
            }
            var packed = Copied(input);
            // The copy is looked at: what was hashed is what was searched.
            if (input.Role != PackRole.Capture && CaptureScan.Look(writer.PathOf(packed.Path)) is { } capture)
            {
                // A capture is one whatever it was named as.
                writer.Withdraw(packed);
                if (!isWhole)
                {
                    absent.Add(Absent(input.File, $"it was named as {packed.Role} and is {capture}; {WhyAbsent(request)}"));
                    continue;
                }
                packed = Copied(input with { Role = PackRole.Capture });
            }
            if (SecretScan.Look(writer.PathOf(packed.Path)) is { } found)
            {
                if (found.IsPrivateKey) throw Private(input.File, found.What);
                if (!request.IncludeKeys) throw Keys(input.File, found.What);
                opens.Add($"{packed.Path} holds {found.What}. It opens {WhatKeysOpen}.");
            }
            else if (input.Role == PackRole.Keys) opens.Add($"{packed.Path} is packed as a key log. It opens {WhatKeysOpen}.");
            if (packed.Role == "capture" && !request.Planted)
                opens.Add($"{packed.Path} is recorded traffic that nobody stated to be planted: what went unencrypted, or was recorded decrypted, can be read in it by everybody who has it.");
            if (packed.Role == "report" && request.HashOnly) WithoutCaptured(input.File, packed);
        }
        var reports = ReportReading.All(writer);
        if (!request.Planted)
            foreach (var report in reports.Reports.Where(report => reports.Limits.Any(limit => limit.StartsWith($"{report.Path} holds captured bytes", StringComparison.Ordinal)))) opens.Add($"{report.Path} quotes recorded traffic that nobody stated to be planted.");
        string packedAt = BundleWriter.Rfc3339(time.GetUtcNow());
        var tool = Surroundings.Tool(request.Tool);
        var clock = Surroundings.Clock(time);
        string[] statements = request.Planted && isWhole ? ["Whoever signed this states that nobody's real traffic is in these captures: what is personal in them was planted."] : [];
        writer.Sign(files => new About(About.SchemaName, writer.Id, About.Private, request.Title, request.Note, packedAt, [.. files], absent, reports.Reports, tool, Surroundings.Environment, clock, statements, opens,
            Method(request.Tool), [.. reports.Limits, .. Limits(absent.Count > 0, opens.Count > 0)], null), about => ReadmeText.Of(about, request.Key.PublicKey), request.Key, time);
        return new PackResult(request.Folder, writer.Id, request.Key.PublicKey.Id, request.Key.PublicKey.Text, writer.SumsSha256, writer.Files.Count + 1, writer.Bytes,
            [.. absent.Select(static one => $"{one.Name}, but for its hash: {one.Reason}")], opens);

        AboutFile Copied(PackInput input)
        {
            var (area, role) = Place(input.Role);
            return writer.Copy(input.File, area, role, MediaType(input));
        }

        // A report quotes what it found: with --hash-only not that either.
        void WithoutCaptured(string file, AboutFile packed)
        {
            bool isReport = false;
            byte[]? rest = packed.Bytes <= ReportReading.Limit ? ReportReading.WithoutCaptured(FileKind.ReadAll(writer.PathOf(packed.Path), ReportReading.Limit), out isReport) : null;
            if (isReport && rest is null) return;
            writer.Withdraw(packed);
            if (rest is null) absent.Add(new AboutAbsent("report", Path.GetFileName(file), packed.Bytes, packed.Sha256, "only hashes were asked for, and it may quote captured bytes"));
            else
            {
                writer.Add(packed.Path, packed.Role, packed.MediaType, rest, packed.Name);
                absent.Add(new AboutAbsent("report", Path.GetFileName(file), packed.Bytes, packed.Sha256, $"only hashes were asked for: {packed.Path} is it without the captured bytes that it quotes"));
            }
        }
    }

    static string WhyAbsent(PackRequest request) => request.HashOnly
        ? "only its hash was asked for" : "it may be real people's traffic: nobody stated that it is not (--planted), nor that it may be packed all the same (--include-keys)";

    static void Check(PackRequest request)
    {
        if (request.Inputs.Count == 0) throw new EvidenceException(EvidenceFault.Usage, "nothing is named that could be packed", "offproof evidence pack DIR --capture FILE --persona FILE --report FILE --key SECRETKEY");
        if (request.Title is { } title && (title.Length > 300 || !MinisignText.IsPlain(title))) throw new EvidenceException(EvidenceFault.Usage, "a title is one plain line of at most 300 characters");
        if (request.Note is { Length: > 20_000 }) throw new EvidenceException(EvidenceFault.Usage, "a note has at most 20,000 characters");
        if (request.Inputs.Count(static input => input.Role == PackRole.Persona) > 8) throw new EvidenceException(EvidenceFault.Usage, "more than eight personas are none");
        if (request.Inputs.FirstOrDefault(static input => input.Role == PackRole.Keys) is { } keys && !request.IncludeKeys) throw Keys(keys.File, "named as a key log");
        if (!request.Planted) return;
        foreach (var input in request.Inputs.Where(static input => input.Role == PackRole.Persona))
        {
            if (PlantedPersona.Doubt(FileKind.ReadAll(input.File, PlantedPersona.Limit)) is { } doubt)
                throw new EvidenceException(EvidenceFault.Refused, $"--planted is not believed of {input.File}: {doubt}", "without --planted the captures are packed as their hashes; --include-keys packs them as what they may be");
        }
    }

    static EvidenceException Keys(string file, string found) => new(EvidenceFault.Refused,
        $"{file} was not packed ({found}): it opens {WhatKeysOpen}", "--include-keys packs it all the same, and says so in the bundle; without secrets: editcap --discard-all-secrets");

    static EvidenceException Private(string file, string found) => new(EvidenceFault.Refused, $"{file} was not packed: it holds {found}, and whoever gets the bundle would have that key", "take it out; no option packs it");

    static AboutAbsent Absent(string file, string reason)
    {
        using var input = FileKind.Open(file);
        long length = input.Length;
        return new AboutAbsent("capture", Path.GetFileName(file), length, Checksums.Of(input), reason);
    }

    static (string Area, string Role) Place(PackRole role) => role switch
    {
        PackRole.Capture => ("captures", "capture"),
        PackRole.Keys => ("keys", "keys"),
        PackRole.Ledger => ("ledger", "ledger"),
        PackRole.Persona => ("persona", "persona"),
        PackRole.Receipt => ("receipts", "receipt"),
        PackRole.Report => ("reports", "report"),
        PackRole.Scenario => ("scenario", "scenario"),
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    static string MediaType(PackInput input) => (input.Role, Path.GetExtension(input.File).ToUpperInvariant()) switch
    {
        (_, ".PCAP") => "application/vnd.tcpdump.pcap",
        (_, ".PCAPNG") => "application/x-pcapng",
        (_, ".GZ") => "application/gzip",
        (_, ".JSON" or ".HAR") => "application/json",
        (_, ".SARIF") => "application/sarif+json",
        (_, ".NDJSON") => "application/x-ndjson",
        (_, ".HTML") => "text/html",
        (_, ".TXT" or ".MD" or ".LOG") or (PackRole.Keys, _) => "text/plain",
        _ => "application/octet-stream",
    };

    static string Method(PackTool tool) => string.Create(CultureInfo.InvariantCulture,
        $"The files were copied byte for byte by {tool.Name} {tool.Version} and listed with their SHA-256; the list was signed. What the captures are and how they came to be is told by scenario/, by the note and by whoever signed; what the reports looked for, and how, is told by docs/audit.md and docs/compare.md of that version.");

    static IEnumerable<string> Limits(bool hasAbsent, bool hasOpen)
    {
        yield return "The signature shows that these bytes are those that the holder of the key signed. It does not show that they are true, complete, or recorded when they say.";
        yield return "Times are those of the machines that recorded and packed, and the word of whoever signed.";
        yield return "What was left out before packing - other captures, failed runs - cannot be seen from a bundle.";
        if (hasAbsent) yield return "Of what is here as a hash alone nothing can be checked but that a file which somebody shows is the same.";
        if (hasOpen) yield return "This bundle holds what opens encrypted traffic, or traffic in clear: it is as private as that.";
    }
}
