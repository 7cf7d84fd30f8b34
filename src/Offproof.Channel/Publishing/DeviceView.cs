namespace Offproof.Channel;

/// <summary>What a new device makes of a published tree.</summary>
/// <param name="Release">The release's number</param>
/// <param name="Greetings">How many greetings</param>
/// <param name="Notices">How many notices</param>
/// <param name="Wording">Who cosigned, or that it is not shown to be the same for all</param>
public sealed record DeviceReport(long Release, int Greetings, int Notices, string Wording);

/// <summary>Polls a tree as a new device does, from the folder instead of the network; besides, every payload is held against its notice.</summary>
public static class DeviceView
{
    // Nothing is looked up: the handler answers from the folder.
    static readonly Uri Nowhere = new("https://channel.invalid/channel/");

    /// <summary>Verifies a published tree.</summary>
    /// <param name="folder">The tree</param>
    /// <param name="trust">What is pinned: a <c>trust.json</c></param>
    /// <param name="time">The device's clock</param>
    /// <param name="cancel">Ends it</param>
    /// <exception cref="PublishingException">A device would refuse it, and why.</exception>
    public static Task<DeviceReport> VerifyAsync(string folder, ReadOnlyMemory<byte> trust, TimeProvider time, CancellationToken cancel) => VerifyAsync(folder, trust, time, null, cancel);

    // A rehearsal asks no witness: they would remember a tree that nobody ever sees.
    internal static async Task<DeviceReport> VerifyAsync(string folder, ReadOnlyMemory<byte> trust, TimeProvider time, int? quorum, CancellationToken cancel)
    {
        string home = Directory.CreateTempSubdirectory("offproof-device-").FullName;
        try
        {
            ChannelTrust pinned = ChannelTrust.Read(trust);
            if (quorum is { } asked) pinned = ChannelTrust.Read(ChannelTrust.Write(pinned.Root.Span, pinned.Policy.WithQuorum(asked)));
            PublicChannel device = new(home, time);
            device.Pin(pinned);
            using HttpMessageInvoker http = new(new FolderHandler(folder));
            PollOutcome outcome = await device.PollAsync(http, Nowhere, cancel).ConfigureAwait(false);
            IReadOnlyList<Notice> notices = device.ReadNotices();
            TargetsMetadata targets = new ChannelFolder(home).ReadHeld()!.Targets;
            foreach (NoticePayload payload in notices.SelectMany(static n => n.Payloads)) CheckPayload(new PublicTree(folder), targets, payload);
            return new DeviceReport(outcome.Release, device.ReadGreetings().Count, notices.Count, outcome.Assurance);
        }
        catch (Exception e) when (e is TufException or LogException or ContentException or FormatException or InvalidDataException)
        {
            throw new PublishingException(PublishingFault.Forgery, $"a device would refuse this release: {e.Message}", null, e);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    static void CheckPayload(PublicTree tree, TargetsMetadata targets, NoticePayload payload)
    {
        if (!targets.Targets.TryGetValue(payload.Target, out TargetFile? target)) throw new FormatException($"{payload.Target} is announced, and no target");
        if (payload.Kind == NoticePayload.Full && (target.Length != payload.Bytes || target.Hashes.Known != payload.Sha256)) throw new FormatException($"{payload.Target} is not the update that is announced");
        string place = tree[PublicTree.TargetPlace(payload.Target, target.Hashes.Known!)];
        if (!File.Exists(place)) throw new FormatException($"{payload.Target} is announced, and its file is missing");
        using FileStream file = new(place, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.Length != target.Length || !Hex.Equals(target.Hashes.Known!, System.Security.Cryptography.SHA256.HashData(file))) throw new FormatException($"the file of {payload.Target} is not the one that was signed");
    }
}
