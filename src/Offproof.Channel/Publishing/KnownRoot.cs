namespace Offproof.Channel;

/// <summary>The root that whoever signs offline knows, from a file of his own (channel.md §9.3): what he is asked to sign is compared with it, and not with what the request says stood before.</summary>
public sealed class KnownRoot
{
    KnownRoot(RootMetadata metadata) => Metadata = metadata;

    internal RootMetadata Metadata { get; }

    /// <summary>Reads an <c>N.root.json</c> or a <c>trust.json</c>.</summary>
    /// <exception cref="PublishingException">It is neither, or not a root that a threshold of its own keys signed.</exception>
    public static KnownRoot Read(string file)
    {
        try
        {
            byte[] bytes = DurableFile.Read(Path.GetFullPath(file), ChannelTrust.MostBytes) ?? throw new PublishingException(PublishingFault.Failure, $"{file} is not there");
            return new KnownRoot(TrustedSet.ReadPinned(IsTrust(bytes, out ReadOnlyMemory<byte> root) ? root : bytes));
        }
        catch (Exception e) when (e is TufException or InvalidDataException)
        {
            throw new PublishingException(PublishingFault.Forgery, $"{file} is neither a root that its own keys signed nor a trust.json: {e.Message}", "nothing was signed", e);
        }
    }

    static bool IsTrust(byte[] bytes, out ReadOnlyMemory<byte> root)
    {
        root = default;
        try
        {
            root = ChannelTrust.Read(bytes).Root;
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
