using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>The files of <c>--sources</c>, read once for the addresses that are asked about (receivers.md §3).</summary>
internal sealed class SourceFolder
{
    internal const int MostFiles = 1000;
    internal const int MostAnswers = 4096;

    // What lies beside a file to check it with, and what was begun to be written.
    private static readonly string[] Companions = [".md5", ".asc", ".sig", ".sha256", ".sha512", ".minisig", ".part"];

    private readonly Wanted _wanted;
    private readonly List<SourceReport> _files = [];
    private readonly Dictionary<Address, List<ClaimReport>> _claims = [];
    private readonly List<(AddressRange Range, string? Date)> _answered = [];
    private readonly List<(uint First, uint Last, ClaimReport Claim)> _numbers = [];

    private SourceFolder(IEnumerable<Address> wanted) => _wanted = new Wanted(wanted);

    internal IReadOnlyList<SourceReport> Files => _files;

    internal Bootstrap Bootstrap { get; } = new();

    /// <exception cref="IOException">It cannot be listed. A file that cannot be read is damaged.</exception>
    internal static SourceFolder Read(string folder, IEnumerable<Address> wanted, CancellationToken cancel)
    {
        SourceFolder sources = new(wanted);
        List<string> files = [.. Directory.EnumerateFiles(folder).Where(static file => !Companions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.')).Take(MostFiles + 1)];
        files.Sort(StringComparer.Ordinal);
        foreach (string path in files.Take(MostFiles))
        {
            cancel.ThrowIfCancellationRequested();
            sources.Take(path);
        }
        if (files.Count > MostFiles) sources._files.Add(new SourceReport("(more files)", "unknown", null, null, null, 0, 0, "", ["only 1,000 files are read"], false));
        return sources;
    }

    /// <summary>What is said of an address, layer by layer, the newest first; then of the systems that are said to originate it.</summary>
    internal IReadOnlyList<ClaimReport> Claims(Address address)
    {
        if (!_claims.TryGetValue(address, out List<ClaimReport>? claims)) return [];
        List<ClaimReport> all = [.. claims];
        foreach (string origin in claims.Where(static claim => claim.Layer == "originAs").Select(static claim => claim.Value).Distinct(StringComparer.Ordinal))
        {
            if (!origin.StartsWith("AS", StringComparison.Ordinal) || !uint.TryParse(origin.AsSpan(2), out uint number)) continue;
            all.AddRange(_numbers.Where(one => number >= one.First && number <= one.Last).Select(one => one.Claim with { Range = origin }));
        }
        return [.. all.OrderBy(static claim => Array.IndexOf(Layers, claim.Layer)).ThenByDescending(static claim => claim.AsOf, StringComparer.Ordinal).ThenBy(static claim => claim.File, StringComparer.Ordinal)];
    }

    internal static readonly string[] Layers = ["registry", "holder", "originAs", "asHolder", "country"];

    /// <summary>Does a saved answer of that day or later hold the address?</summary>
    internal bool IsAnswered(Address address, string since) => _answered.Exists(one => one.Range.Contains(address) && string.CompareOrdinal(one.Date, since) >= 0);

    private void Take(string path)
    {
        SourceFile file = new(path);
        try
        {
            // To open a pipe would wait for who writes into it; a device has no length either.
            FileInfo target = new FileInfo(path) is { LinkTarget: not null } link ? (FileInfo)link.ResolveLinkTarget(returnFinalTarget: true)! : new FileInfo(path);
            if (target.Length == 0)
            {
                file.Damaged("it is empty, or no file");
                _files.Add(file.Report());
                return;
            }
            using (FileStream whole = Open(path))
            {
                file.Bytes = whole.Length;
                // A device has no length, and no end.
                if (file.Bytes > 0) file.Sha256 = Convert.ToHexStringLower(SHA256.HashData(whole));
            }
            Read(file);
            if (file.Kind != "unknown") Md5.Check(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Damaged($"it cannot be read: {SourceFile.Clean(e.Message)}");
        }
        _files.Add(file.Report());
    }

    private void Read(SourceFile file)
    {
        Matches matches = new(_wanted);
        using FileStream stream = Open(file.Path);
        Span<byte> start = stackalloc byte[512];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        bool isPacked = length > 2 && start[0] == 0x1f && start[1] == 0x8b;
        if (!isPacked && FirstOf(start[..length]) is (byte)'{')
        {
            ReadJson(file, stream, matches);
        }
        else if (isPacked || !start[..length].Contains((byte)0))
        {
            ReadText(file, isPacked, matches);
        }
        else if (!Mmdb.TryRead(file, matches))
        {
            file.Lacks("it is none of the kinds that are read");
        }
        foreach ((Address address, IReadOnlyList<ClaimReport> claims) in matches.All) Add(address, claims);
    }

    private static byte FirstOf(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart("\xEF\xBB\xBF \t\r\n"u8);
        return text.IsEmpty ? (byte)0 : text[0];
    }

    private static void ReadText(SourceFile file, bool isPacked, Matches matches)
    {
        bool isDelegated;
        using (Stream first = Text(file.Path, isPacked))
        {
            TextLines begin = new(first);
            ReadOnlySpan<byte> line;
            do
            {
                if (!begin.TryRead(out line)) break;
            }
            while (line.IsEmpty || line[0] == '#');
            isDelegated = Delegated.Begins(line);
        }
        using Stream text = Text(file.Path, isPacked);
        TextLines lines = new(text);
        if (isDelegated) Delegated.Read(file, lines, matches);
        else if (!AsTable.TryRead(file, lines, matches)) file.Lacks("it is none of the kinds that are read");
        if (text is Unzipped { Problem: { } problem }) file.Damaged(problem);
        else if (lines.EndsInLine && file.Kind != "unknown") file.Lacks("its last line has no end: was it downloaded whole?");
    }

    private static Stream Text(string path, bool isPacked)
    {
        FileStream file = Open(path);
        return isPacked ? new Unzipped([], file) : file;
    }

    private void ReadJson(SourceFile file, FileStream stream, Matches matches)
    {
        if (stream.Length > RdapAnswer.MostBytes)
        {
            file.Damaged("it is JSON, and larger than 1 MiB");
            return;
        }
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        using JsonDocument? document = RdapAnswer.TryParse(bytes, out string problem);
        if (document is null)
        {
            file.Damaged(problem);
        }
        else if (Bootstrap.IsOne(document.RootElement))
        {
            file.Kind = "bootstrap";
            (int entries, string? date, string? wrong) = Bootstrap.Add(document.RootElement);
            (file.Entries, file.Date, file.Publisher) = (entries, date, "IANA");
            if (wrong is not null) file.Damaged(wrong);
        }
        else if (RdapAnswer.IsOne(document.RootElement))
        {
            file.Kind = "rdap";
            if (RdapAnswer.Read(document.RootElement, out problem) is { } answer) Take(file, answer, matches);
            else file.Damaged(problem);
        }
        else
        {
            file.Lacks("it is none of the kinds that are read");
        }
    }

    private void Take(SourceFile file, RdapAnswer answer, Matches matches)
    {
        (file.Publisher, file.Date, file.Entries) = (answer.Publisher, answer.AsOf ?? SavedAnswer.DayOf(file.Name), 1);
        if (file.Date is null) file.Lacks("it is undated: neither the answer nor its name has a day");
        if (answer.Range is { } range)
        {
            if (answer.IsPlaceholder)
            {
                file.Lacks("its range is so large that it names no holder");
                return;
            }
            if (_answered.Count < MostAnswers) _answered.Add((range, SavedAnswer.DayOf(file.Name) ?? file.Date));
            ClaimReport[] claims = [.. answer.Claims.Select(said => file.Claim(said.Layer, said.Value, said.What, range, since: said.Since))];
            foreach (Address address in matches.Wanted.In(range)) matches.Add(address, range, claims);
        }
        else if (answer.Numbers is { } numbers && _numbers.Count < MostAnswers)
        {
            foreach (RdapAnswer.Said said in answer.Claims.Where(static said => said.Layer == "asHolder")) _numbers.Add((numbers.First, numbers.Last, new ClaimReport("asHolder", said.Value, said.What, null, null, said.Since, file.Date, file.Name, file.Kind)));
        }
    }

    private void Add(Address address, IReadOnlyList<ClaimReport> claims)
    {
        if (!_claims.TryGetValue(address, out List<ClaimReport>? known)) _claims.Add(address, known = []);
        foreach (ClaimReport claim in claims)
        {
            if (known.Count(one => one.Layer == claim.Layer) < Matches.MostClaims) known.Add(claim);
        }
    }

    private static FileStream Open(string path) => new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0, Options = FileOptions.SequentialScan });
}
