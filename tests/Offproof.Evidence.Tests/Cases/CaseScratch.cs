using System.Text;

namespace Offproof.Evidence.Tests.Cases;

/// <summary>A small fictional case in a folder of its own, with keys, a clock and a way to publish.</summary>
sealed class CaseScratch : IDisposable
{
    internal const string Claim = "Our phone keeps its numbers to itself.";

    internal CaseScratch()
    {
        Root = Directory.CreateTempSubdirectory("offproof-case-").FullName;
        Clock = new StoppedClock();
        Case = CaseFolder.Create(Folder, "The Example One and its numbers", "What is said of a phone that does not exist.", "Example Lab", Clock);
        Maker = MinisignSecretKey.Create();
        Stranger = MinisignSecretKey.Create();
        Add("source", "s1", ("publisher", "Example Press"), ("title", "A phone is announced"), ("date", "2026-03"), ("url", "https://example.org/phone"), ("read", "2026-03-02"));
        Add("claim", "c1", ("who", "Example Phones"), ("date", "2026-03-01"), ("source", "s1"), ("quote", Claim), ("plain", "The phone sends no numbers."));
        Add("evidence", "e1", ("title", "A recording"), ("who", "Example Lab"), ("date", "2026-04"), ("text", "A planted number was found in it."), ("source", "s1"), ("against", "c1"), ("limits", "One phone."));
        Add("verdict", "v1", ("claim", "c1"), ("outcome", "contradicted"), ("says", "The phone sent a planted number."), ("why", "It was found."), ("limits", "One phone, one day."));
        Case.Add(Kind("party"), "maker", Values(("name", "Example Phones"), ("role", "Makes the phone."), ("obtained", "From the maker's own page, on two days.")), Write("maker.pub", Maker.PublicKey.FileText));
    }

    internal string Root { get; }

    internal string Folder => Path.Combine(Root, "case");

    internal string Out => Path.Combine(Root, "out");

    internal StoppedClock Clock { get; }

    internal CaseFolder Case { get; }

    internal MinisignSecretKey Maker { get; }

    internal MinisignSecretKey Stranger { get; }

    internal string Page => File.ReadAllText(Path.Combine(Out, "index.html"));

    internal static CaseKind Kind(string name) => CaseKind.All.Single(kind => kind.Name == name);

    internal static Dictionary<string, IReadOnlyList<string>> Values(params (string Name, string Text)[] values) =>
        values.GroupBy(static value => value.Name).ToDictionary(static group => group.Key, static group => (IReadOnlyList<string>)[.. group.Select(static value => value.Text)]);

    internal string Add(string kind, string? id, params (string Name, string Text)[] values) => Case.Add(Kind(kind), id, Values(values));

    internal string Correct(string kind, string id, string why, params (string Name, string Text)[] values) => Case.Correct(Kind(kind), id, why, Values(values));

    internal string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    internal string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Root, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>A file as it would come, signed by that key.</summary>
    internal SignedFile Signed(byte[] bytes, MinisignSecretKey key, string comment = "timestamp:1774000000") =>
        new(Write("came.txt", bytes), Write("came.txt.minisig", key.Sign(bytes, comment)), Write("came.pub", key.PublicKey.FileText));

    internal SignedFile Signed(string text, MinisignSecretKey key) => Signed(Encoding.UTF8.GetBytes(text), key);

    internal PublishedCase Publish() => Case.Publish(Out);

    internal EvidenceException Refuses(EvidenceFault fault, Action action)
    {
        Dictionary<string, string> before = Hashes(Folder);
        EvidenceException e = Assert.Throws<EvidenceException>(action);
        Assert.Equal((fault, e.Message), (e.Fault, e.Message));
        // Whatever is refused leaves nothing behind.
        Assert.Equal(before, Hashes(Folder));
        return e;
    }

    internal static Dictionary<string, string> Hashes(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file), static file => Checksums.Of(File.ReadAllBytes(file)), StringComparer.Ordinal);

    public void Dispose()
    {
        Maker.Dispose();
        Stranger.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}

/// <summary>A clock that moves when it is told.</summary>
sealed class StoppedClock : TimeProvider
{
    internal DateTimeOffset Now { get; set; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
