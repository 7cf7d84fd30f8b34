using Offproof.Channel;

namespace Offproof.Device;

/// <summary>What `updates` says of one notice.</summary>
/// <param name="Offer">The notice, and whether it is offered here and now</param>
/// <param name="Installed">What is installed of its model</param>
public sealed record UpdateOffer(Offer Offer, ReleaseVersion Installed);

/// <summary>What this device holds of the channel.</summary>
/// <param name="Pinned">SHA-256 of trust.json; null where no channel is pinned</param>
/// <param name="Held">The release; null before the first poll</param>
/// <param name="Damage">What is wrong with what is held here; null where nothing is</param>
/// <param name="Contradiction">Where the checkpoint of a split view is kept, which with the one in force is the proof; null where none was seen</param>
public sealed record ChannelStatus(string? Pinned, HeldRelease? Held, string? Damage = null, string? Contradiction = null);

public sealed partial class DeviceHome
{
    /// <summary>Polls the public channel (channel.md §6): whatever is on or off, and with nothing of this device in the requests.</summary>
    /// <param name="trustFile">A trust.json from elsewhere, for a home that has none pinned; null otherwise</param>
    /// <param name="proxy">socks5://HOST:PORT; null for none</param>
    /// <param name="cancel">Ends it; what was held is in place</param>
    /// <exception cref="DeviceException">What came was refused, or nothing came.</exception>
    public async Task<PollOutcome> PollAsync(string? trustFile, Uri? proxy, CancellationToken cancel)
    {
        using ChannelAccess access = ChannelAccess.Open(home, account.Server, time, proxy);
        try
        {
            if (trustFile is not null) PinChannel(access.Channel, ReadTrustFile(trustFile));
            RequirePinned(access.Channel);
            return await access.Channel.PollAsync(access.Http, access.Url, cancel).ConfigureAwait(false) with { Connections = access.Connections };
        }
        catch (Exception e) when (ChannelAccess.IsRefusal(e))
        {
            throw ChannelAccess.Explain(e, "the release that was offered");
        }
    }

    /// <summary>What is held of the channel. Opens no connection. Damage is told and not thrown: where the switches stand does not hang on public data.</summary>
    public ChannelStatus ChannelStatus()
    {
        PublicChannel channel = new(home.Channel, time);
        try
        {
            return channel.IsPinned ? new ChannelStatus(channel.ReadTrust().Sha256, channel.ReadHeld(), null, channel.Contradiction) : new ChannelStatus(null, null);
        }
        catch (Exception e) when (ChannelAccess.IsRefusal(e) || e is IOException or UnauthorizedAccessException)
        {
            return new ChannelStatus(null, null, e.Message, channel.Contradiction);
        }
    }

    /// <summary>The greetings that are held. Opens no connection.</summary>
    public IReadOnlyList<Greeting> Greetings() => Reading(new PublicChannel(home.Channel, time).ReadGreetings);

    /// <summary>Says which phone this is, for <see cref="Updates"/>: kept here, sent to nobody.</summary>
    public void NamePhone(string model, ReleaseVersion installed, string track)
    {
        if (!Directory.Exists(home.Channel)) HomeFolder.CreatePrivateFolder(home.Channel);
        PhoneFile phone = new(PhoneFile.CurrentSchema, model, installed.ToString(), track);
        if (PhoneFile.Read(home) != phone) phone.Write(home); // said again, it is no reason to fail on a full disk
    }

    /// <summary>The model and track that were named, as in the notices; null where none was.</summary>
    public (string Model, string Track)? NamedPhone => PhoneFile.Read(home) is { } phone ? (phone.Model, phone.Track) : null;

    /// <summary>What there is for the phone that was named, and for this program itself, newest first. Decided here; opens no connection.</summary>
    /// <param name="program">The version of this program</param>
    public IReadOnlyList<UpdateOffer> Updates(ReleaseVersion program)
    {
        PublicChannel channel = new(home.Channel, time);
        RequirePinned(channel);
        return Reading(() =>
        {
            List<UpdateOffer> offers = [];
            if (PhoneFile.Read(home) is { } phone && ReleaseVersion.TryParse(phone.Installed, out ReleaseVersion? installed))
                offers.AddRange(channel.Offers(phone.Model, installed, phone.Track).Select(offer => new UpdateOffer(offer, installed)));
            offers.AddRange(channel.Offers("offproof", program, "stable").Select(offer => new UpdateOffer(offer, program)));
            return offers;
        });
    }

    /// <summary>Fetches an update and verifies it (channel.md §8); nothing is installed. This tells the server which phone it is for.</summary>
    /// <param name="notice">One of <see cref="Updates"/></param>
    /// <param name="installedFile">The file that is installed, for a delta; null for the whole update</param>
    /// <param name="to">The folder for it; created where absent</param>
    /// <param name="proxy">socks5://HOST:PORT; null for none</param>
    /// <param name="progress">Is told the bytes that are there, and how many there will be</param>
    /// <param name="whole">Is told that the server gives no parts of files: stopped, it begins anew</param>
    /// <param name="cancel">Ends it; the next goes on there</param>
    public async Task<FetchedUpdate> FetchUpdateAsync(Notice notice, string? installedFile, string to, Uri? proxy, Action<long, long>? progress, Action? whole, CancellationToken cancel)
    {
        if (installedFile is not null && !PublicChannel.IsFile(installedFile)) throw new DeviceException(DeviceFault.Failure, $"{installedFile}{PublicChannel.NoFile}", "name the file that is installed, or leave out --from");
        using ChannelAccess access = ChannelAccess.Open(home, account.Server, time, proxy);
        try
        {
            Directory.CreateDirectory(to);
            string file = Path.Combine(to, notice.FileName);
            if (await PublicChannel.IsUpdateAsync(notice, file, cancel).ConfigureAwait(false)) return new FetchedUpdate(file, notice.Payloads[0].Sha256, notice.Payloads[0].Bytes, Received: 0, Delta: null);
            // The publisher chose the name: it must not be the way to write over a file of the owner's.
            if (Path.Exists(file)) throw new DeviceException(DeviceFault.Refused, $"{file} is already there, and is {(PublicChannel.IsOwnAlone(file) ? "not this update" : "not your own alone (another user's, a link, or a file of two names)")}: it was left as it is", "name another folder with --to");
            return await access.Channel.FetchUpdateAsync(notice, installedFile, to, access.Http, access.Url, progress, whole, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (ChannelAccess.IsRefusal(e))
        {
            DeviceException told = ChannelAccess.Explain(e, $"the update to {notice.Version}");
            throw told.Fault switch
            {
                DeviceFault.Full => new DeviceException(told.Fault, told.Message, $"make room: what has come so far is kept in {access.Channel.Parts}, and the same command goes on from there", e),
                DeviceFault.Forgery when installedFile is not null => new DeviceException(told.Fault, told.Message, $"without --from the whole update is fetched, which needs no delta; {told.Hint}", e),
                _ => told,
            };
        }
    }

    /// <summary>Pins the channel of a device's server, at init or join: a file from elsewhere, or what the server gives, once. A server that has none is no failure.</summary>
    /// <returns>SHA-256 of what was pinned; null where there is no channel.</returns>
    public static async Task<string?> PinChannelAsync(string path, string? trustFile, TimeProvider time, CancellationToken cancel)
    {
        HomeFolder home = new(path);
        using ChannelAccess access = ChannelAccess.Open(home, AccountFile.Read(home).Server, time, proxy: null);
        try
        {
            byte[]? bytes = trustFile is not null ? ReadTrustFile(trustFile)
                : access.Channel.IsPinned ? access.Channel.ReadTrust().Bytes.ToArray()
                : await access.Channel.FetchTrustAsync(access.Http, access.Url, cancel).ConfigureAwait(false);
            return bytes is null ? null : PinChannel(access.Channel, bytes);
        }
        catch (Exception e) when (ChannelAccess.IsRefusal(e))
        {
            throw ChannelAccess.Explain(e, "the channel's trust.json");
        }
    }

    private static byte[] ReadTrustFile(string file)
    {
        try
        {
            return ChannelTrust.ReadFile(file);
        }
        catch (FormatException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"that is no trust.json: {e.Message}", "nothing was pinned", e);
        }
    }

    private static string PinChannel(PublicChannel channel, byte[] bytes)
    {
        ChannelTrust trust;
        try
        {
            trust = ChannelTrust.Read(bytes);
        }
        catch (FormatException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"that is no trust.json: {e.Message}", "nothing was pinned", e);
        }
        if (channel.IsPinned)
        {
            return channel.ReadTrust().Sha256 == trust.Sha256 ? trust.Sha256
                : throw new DeviceException(DeviceFault.Refused, "this home trusts another channel", "what is pinned is not replaced: a root that came since leads from it; `offproof status --json` has its SHA-256");
        }
        channel.Pin(trust);
        return trust.Sha256;
    }

    private static void RequirePinned(PublicChannel channel)
    {
        if (!channel.IsPinned)
            throw new DeviceException(DeviceFault.Refused, "no channel is pinned here: its keys are not learnt from the server later", "get the publisher's trust.json, compare its SHA-256, then: offproof poll --trust FILE");
    }

    private static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (ChannelAccess.IsRefusal(e))
        {
            throw ChannelAccess.Explain(e, "what is held of the channel");
        }
    }
}
