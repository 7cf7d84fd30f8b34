using System.Text;
using System.Text.Json;

namespace Offproof.Channel.Tests;

/// <summary>vectors/channel/log/, which make.py makes from docs/channel-log.md alone; and the corpus beside the repository.</summary>
static class LogVectors
{
    internal static string Folder { get; } = Path.Combine(Root(), "vectors", "channel", "log");

    internal static JsonElement Keys { get; } = Json("keys.json");

    internal static NoteKey Log { get; } = Key(Keys.GetProperty("log"));

    internal static NoteKey[] Witnesses { get; } = [.. Keys.GetProperty("witnesses").EnumerateArray().Select(Key)];

    internal static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    internal static JsonElement Json(string name) => JsonDocument.Parse(Read(name)).RootElement;

    internal static NoteSigner LogSigner() => Signer(Keys.GetProperty("log"));

    internal static NoteSigner Witness(int index) => Signer(Keys.GetProperty("witnesses")[index]);

    internal static TrustPolicy Policy(int quorum) => new(Log, Witnesses, quorum);

    internal static TreeHash[] Hashes(JsonElement proof) => [.. proof.EnumerateArray().Select(hash => TreeHash.TryParse(hash.GetString()!, out TreeHash? read) ? read.Value : throw new InvalidDataException(hash.GetString()))];

    /// <summary>The folder of upstream's data; a test of it says so where it is not there.</summary>
    internal static string Corpus(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string corpus = Path.Combine(folder.FullName, "shared", "corpus", "channel", name);
            if (Directory.Exists(corpus)) return corpus;
        }
        Assert.Skip($"the corpus folder shared/corpus/channel/{name} is not beside the repository");
        return "";
    }

    static NoteKey Key(JsonElement element) => NoteKey.TryParse(element.GetProperty("verifier").GetString()!, out NoteKey? key) ? key : throw new InvalidDataException(element.ToString());

    static NoteSigner Signer(JsonElement element) => NoteSigner.TryParse(Encoding.UTF8.GetBytes(element.GetProperty("signer").GetString()!), out NoteSigner? signer) ? signer : throw new InvalidDataException(element.ToString());

    static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Offproof.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the repository's root");
    }
}
