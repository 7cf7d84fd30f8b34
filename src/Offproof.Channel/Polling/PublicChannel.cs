using System.Security.Cryptography;

namespace Offproof.Channel;

/// <summary>What a device holds of the channel.</summary>
/// <param name="Release">Its number</param>
/// <param name="Until">When its timestamp expires</param>
/// <param name="Assurance">What may be said of it: "genuine, not shown to be the same for all", or who cosigned</param>
/// <param name="IsExpired">Nobody has vouched for it since <paramref name="Until"/>: it may be old</param>
public sealed record HeldRelease(long Release, DateTimeOffset Until, string Assurance, bool IsExpired);

/// <summary>A bundle of the release that is held is damaged or gone: the next poll fetches it again.</summary>
public sealed class LostBundleException(string message) : IOException(message);

/// <summary>
/// The channel of one device (channel.md §6): a folder, and what is done with it. It opens no connection: a poll is handed one. Not for several processes at once; a failing disk
/// is an <see cref="IOException"/>.
/// </summary>
/// <param name="folder">HOME/channel</param>
/// <param name="time">The clock</param>
public sealed class PublicChannel(string folder, TimeProvider time)
{
    /// <summary>Behind the name of what is none: it ends the message of the exception then.</summary>
    public const string NoFile = " is no file, but a pipe, a device or a folder";

    private const int MostSecretFile = 4096;
    private readonly ChannelFolder files = new(folder);

    /// <summary>Where what has come of an update is kept until it is whole (channel.md §8).</summary>
    public string Parts => Path.Combine(Path.GetFullPath(folder), PartFiles.FolderName);

    /// <summary>The checkpoint that was refused as a split view, where one is kept: with the one in force it is the proof of two histories. Else null.</summary>
    public string? Contradiction => files.Contradiction;

    private string SecretFile => Path.Combine(folder, "rollout.key");

    /// <summary>False before <see cref="Pin"/>: then there is nothing to poll.</summary>
    public bool IsPinned => files.IsPinned;

    /// <summary>What is pinned.</summary>
    /// <exception cref="FormatException">It is damaged.</exception>
    public ChannelTrust ReadTrust() => files.ReadTrust();

    /// <summary>Trusts a channel, once and for good. Throws <see cref="InvalidOperationException"/> where one is trusted already.</summary>
    public void Pin(ChannelTrust trust) => files.Pin(trust);

    /// <summary>What a server says that one should trust, for `init` alone (channel.md §2): not looked at yet. Null where it has no channel.</summary>
    /// <exception cref="TufException">The server does not answer.</exception>
    public Task<byte[]?> FetchTrustAsync(HttpMessageInvoker http, Uri channel, CancellationToken cancel) =>
        new Fetcher(http, time).TryFetchAsync(new Uri(channel, ChannelTrust.Name), ChannelTrust.MostBytes, "5.2", cancel);

    /// <summary>One poll (channel.md §6.1). Whatever it throws, what was held is in place.</summary>
    /// <param name="http">One connection, opened for this poll; follows no redirect and adds no header</param>
    /// <param name="channel">The channel's URL, ending in a slash</param>
    /// <param name="cancel">Ends it</param>
    /// <exception cref="TufException">Something of the repository is refused, or the server does not answer.</exception>
    /// <exception cref="LogException">The log, or a release without an entry, is refused.</exception>
    /// <exception cref="ContentException">A bundle was signed and logged, and is none.</exception>
    /// <exception cref="InvalidDataException">What is held is damaged.</exception>
    public Task<PollOutcome> PollAsync(HttpMessageInvoker http, Uri channel, CancellationToken cancel) => new ChannelPoll(files, http, channel, time).RunAsync(cancel);

    /// <summary>The release that is held; null before the first poll.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public HeldRelease? ReadHeld() => files.ReadHeld() is { } held
        ? new HeldRelease(held.Release, held.Timestamp.Expires, LogView.CheckAlone(files.ReadTrust().Policy, default, held.Checkpoint).Detail, held.Timestamp.Expires <= time.GetUtcNow())
        : null;

    /// <summary>The greetings of the release that is held, in order of id; none before the first poll, or where it has none.</summary>
    /// <exception cref="LostBundleException">They are damaged.</exception>
    public IReadOnlyList<Greeting> ReadGreetings() => ReadBundle(GreetingList.Target) is { } file ? GreetingList.Read(GreetingList.Open(file)) : [];

    /// <summary>The same, to be searched (greetings.md §6).</summary>
    /// <exception cref="LostBundleException">They are damaged.</exception>
    public GreetingSearch OpenSearch() => ReadBundle(GreetingList.Target) is { } file
        ? new SearchFolder(Path.Combine(folder, "search")).Open(Convert.ToHexStringLower(SHA256.HashData(file)), GreetingList.Open(file))
        : GreetingSearch.Of(GreetingList.Write([]));

    /// <summary>The notices of the release that is held, of all models.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public IReadOnlyList<Notice> ReadNotices() => ReadBundle(NoticeList.Target) is { } file ? NoticeList.Read(NoticeList.Open(file)) : [];

    /// <summary>What there is for a phone, newest first: decided here, with the secret of this device (channel.md §5.1).</summary>
    /// <param name="model">Whose</param>
    /// <param name="installed">What it has</param>
    /// <param name="track">stable, beta, ...</param>
    public IReadOnlyList<Offer> Offers(string model, ReleaseVersion installed, string track)
    {
        List<Notice> notices = [.. ReadNotices().Where(notice => notice.Model == model && notice.Channel == track).OrderByDescending(static notice => notice.Version)];
        if (notices.Count == 0) return [];
        byte[] secret = Secret();
        try
        {
            return [.. notices.Select(notice => Offer.Of(notice, installed, secret, time.GetUtcNow()))];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>
    /// Fetches an update (channel.md §8): the one request that tells which phone it is for. It ends up in <paramref name="to"/> under the name of its target, verified; nothing is installed.
    /// Stopped, the next one goes on behind the last whole MiB, where the server gives parts of files.
    /// </summary>
    /// <param name="notice">Of the release that is held</param>
    /// <param name="installed">The file that is installed, for a delta; null for the whole update</param>
    /// <param name="to">An existing folder</param>
    /// <param name="http">Follows no redirect and adds no header</param>
    /// <param name="channel">The channel's URL, ending in a slash</param>
    /// <param name="progress">Is told the bytes that are there, and how many there will be</param>
    /// <param name="whole">Is told that the server gives none: stopped, it begins anew</param>
    /// <param name="cancel">Ends it</param>
    /// <exception cref="TufException">It is refused, or the server does not answer.</exception>
    public Task<FetchedUpdate> FetchUpdateAsync(Notice notice, string? installed, string to, HttpMessageInvoker http, Uri channel, Action<long, long>? progress, Action? whole, CancellationToken cancel) =>
        new UpdateFetch(http, channel, time, Parts, progress, whole).RunAsync(notice, files.ReadHeld()?.Targets ?? throw new InvalidOperationException("nothing was polled yet"), installed, to, cancel);

    /// <summary>True where the file is the update that a notice promises, and nobody else's: whoever owns it, or has a second name of it, could change it later.</summary>
    public static async Task<bool> IsUpdateAsync(Notice notice, string file, CancellationToken cancel)
    {
        NoticePayload full = notice.Payloads.First(static payload => payload.Kind == NoticePayload.Full);
        return File.Exists(file) && IsOwnAlone(file) && new FileInfo(file) is { LinkTarget: null } found && found.Length == full.Bytes && await UpdateFetch.Sha256Async(file, cancel).ConfigureAwait(false) == full.Sha256;
    }

    /// <summary>False for a pipe, a socket, a device or a folder, which are not opened: that could last for ever. True where nothing is there.</summary>
    public static bool IsFile(string path) => FileFacts.Of(path, followsLinks: true) is not { IsRegular: false };

    /// <summary>False where others have a hand in a file: it is another user's, or has a second name, or is a link. True where nobody can be asked.</summary>
    public static bool IsOwnAlone(string path) => FileFacts.Of(path) is { IsOwnAlone: true } or null;

    private byte[]? ReadBundle(string name)
    {
        if (files.ReadHeld() is not { } held || !held.Targets.Targets.TryGetValue(name, out TargetFile? target)) return null;
        return files.ReadTarget(name, target) ?? throw new LostBundleException($"{name} of release {held.Release} is not whole in {folder}");
    }

    private byte[] Secret()
    {
        if (DurableFile.Read(Path.GetFullPath(SecretFile), MostSecretFile) is { Length: Rollout.SecretSize } known) return known;
        byte[] made = RandomNumberGenerator.GetBytes(Rollout.SecretSize);
        DurableFile.Write(Path.GetFullPath(SecretFile), made, DurableFile.Private);
        return made;
    }
}
