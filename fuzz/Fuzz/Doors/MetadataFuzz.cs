using Offproof.Channel;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as a TUF file of each role. What is read must be written and read again as the same; what is refused must be malformed, and nothing else.</summary>
static class MetadataFuzz
{
    static readonly SigningKey s_key = SigningKey.FromSecret(new byte[SigningKey.SecretSize]);

    internal static string Read(byte[] input)
    {
        (SignedFile? file, string refused) = Try(() => SignedFile.Read(input));
        if (file is null) return refused;
        string said = "";
        foreach (Func<SignedFile, Metadata> read in (Func<SignedFile, Metadata>[])[RootMetadata.Read, TimestampMetadata.Read, SnapshotMetadata.Read, TargetsMetadata.Read])
        {
            (Metadata? metadata, string why) = Try(() => read(file));
            said += metadata?.GetType().Name ?? why;
            if (metadata is null) continue;
            Metadata again = read(SignedFile.Read(SignedFile.Write(metadata.ToJson(), [s_key])));
            Check(again.Version == metadata.Version && again.Expires == metadata.Expires, "a version or a time is written as another");
            Check(CanonicalJson.Of(again.ToJson()).AsSpan().SequenceEqual(CanonicalJson.Of(metadata.ToJson())), "what is read is written as something else");
            if (metadata is TargetsMetadata targets) said += targets.Delegations.Count(d => d.Covers("a/b.txt")) switch { 0 => "-", 1 => "+", _ => "*" };
            if (metadata is RootMetadata root)
            {
                Check(!IsSigned(root, file), "somebody signed it");
                said += root.Roles.Values.Sum(role => role.Keys.Count(key => key.Identity is not null)) > 0;
            }
        }
        // Whoever signs what was received signs it as it is.
        Check(SignedFile.Read(file.WithSignature(s_key)).Canonical.Span.SequenceEqual(file.Canonical.Span), "another signature changes what is signed");
        return said;
    }

    static bool IsSigned(RootMetadata root, SignedFile file)
    {
        try
        {
            root.Roles[RootMetadata.Type].Verify(file, "5.2", "root");
            return true;
        }
        catch (TufException e) when (e.Refusal is Refusal.ArbitrarySoftware)
        {
            return false;
        }
    }

    static (T? Read, string Why) Try<T>(Func<T> read) where T : class
    {
        try
        {
            return (read(), "");
        }
        catch (TufException e) when (e.Refusal is Refusal.Malformed)
        {
            Check(e.Message.Length < 500 && !e.Message.Any(char.IsControl), "a refusal is not fit to be printed");
            return (null, Kind(e.Message, letters: 48));
        }
    }
}
