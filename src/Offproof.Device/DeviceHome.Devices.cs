using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a device that joined knows.</summary>
/// <param name="Account">ACCOUNT</param>
/// <param name="Device">DEVICE: this one</param>
/// <param name="Server">The server's URL</param>
public sealed record JoinReport(string Account, string Device, Uri Server);

public sealed partial class DeviceHome
{
    private static readonly TimeSpan JoinPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JoinPatience = TimeSpan.FromMinutes(10);

    /// <summary>Every device of the account, as its records say now: nobody joins unseen.</summary>
    public async Task<IReadOnlyList<DeviceStatus>> DevicesAsync(CancellationToken cancel)
    {
        await TellAsync(Chain(), cancel).ConfigureAwait(false);
        AccountLook look = await LookAtAccountAsync(cancel).ConfigureAwait(false);
        IReadOnlyList<DeviceStatus> known = DevicesNow();
        // A server that was set back may show one that joined since: what is not believed is listed all the same.
        return [.. known, .. look.Shown.Devices.Where(d => known.All(k => k.Device != d.Id.Text))
            .Select(d => new DeviceStatus(d.Id.Text, IsThis: false, d.Joined, d.AdmittedBy?.Text, d.Removed?.At) { ServerAlone = true })];
    }

    /// <summary>
    /// Answers a new device that asks to be let in, and waits until it shows its nonce (protocol.md §17). It learns into which account, with which sheet; nothing is signed.
    /// </summary>
    /// <exception cref="DeviceException">There is no such joining, another key than the one on its screen, or a nonce that it had not committed to.</exception>
    public async Task<Approval> OfferAsync(JoinRequest request, CancellationToken cancel)
    {
        RequireMember();
        RequireNotLeft();
        RequireConfirmedSheet();
        await LearnAsync(cancel).ConfigureAwait(false); // the sheet that is in force now
        RequireConfirmedSheet();
        JoinNotes notes = await JoiningAsync(request.Name, cancel).ConfigureAwait(false);
        Thumbprint joining = notes.Key.Thumbprint;
        if (request.Device is { } shown && shown != joining.Text)
            throw new DeviceException(DeviceFault.Forgery, "the server shows another key than the new device's screen: somebody stands between the two", "nobody was admitted");
        JoinOffer offer = new(AccountId, SheetInForce.Thumbprint, account.Recipient, deviceKey.Thumbprint, JoinCode.NewNonce());
        Token token = await TokenAsync(null, null, cancel).ConfigureAwait(false);
        await server.OfferAsync(request.Name, offer, token, cancel).ConfigureAwait(false);

        long start = time.GetTimestamp();
        while (true)
        {
            JoinNotes now = await JoiningAsync(request.Name, cancel).ConfigureAwait(false);
            if (now.Nonce is { } nonce)
            {
                // What it committed to before it saw our nonce, and the key that it came with then.
                if (JoinCode.Commitment(joining, nonce) != notes.Commitment)
                    throw new DeviceException(DeviceFault.Forgery, "the new device's nonce is not the one that it had committed to: somebody stands between the two", "nobody was admitted");
                return new Approval(notes.Key, JoinCode.Of(serverKey.Thumbprint, joining, nonce, offer));
            }
            if (time.GetElapsedTime(start) > JoinPatience)
                throw new DeviceException(DeviceFault.Failure, "the new device did not answer within ten minutes: nobody was admitted", "begin again on both");
            await Task.Delay(JoinPause, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Signs that the device belongs to the account, after its code was compared.</summary>
    /// <returns>Why the server could not be told; null where it knows.</returns>
    public Task<string?> AdmitAsync(Approval approval, CancellationToken cancel) => SignAndTellAsync(place => Admission.Sign(deviceKey, new Admission
    {
        Issuer = deviceKey.Thumbprint,
        Account = AccountId,
        Server = serverKey.Thumbprint,
        IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        Place = place,
        DeviceKey = approval.Key,
    }), cancel);

    /// <summary>Cuts a device of the account off, this one too.</summary>
    /// <param name="beginning">The beginning of its DEVICE, that no other device's begins with</param>
    /// <param name="cancel">Stops</param>
    /// <returns>Its DEVICE, and why the server could not be told; null where it knows.</returns>
    public async Task<(string Device, string? WhyNotTold)> RemoveAsync(string beginning, CancellationToken cancel)
    {
        RequireMember();
        (AccountHistory history, _) = await LearnAsync(cancel).ConfigureAwait(false);
        Thumbprint device = DeviceNames.Find(history, beginning);
        string? why = await SignAndTellAsync(place => Removal.Sign(deviceKey, new Removal
        {
            Issuer = deviceKey.Thumbprint,
            Account = AccountId,
            Server = serverKey.Thumbprint,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
            Place = place,
            Device = device,
        }), cancel).ConfigureAwait(false);
        if (why is null) await SeeRemovalAsync(device, cancel).ConfigureAwait(false);
        return (device.Text, why);
    }

    /// <summary>The next link of this device's chain, on the disk before the server hears of it.</summary>
    /// <returns>Why the server could not be told; null where it knows.</returns>
    private Task<string?> SignAndTellAsync(Func<ChainPlace, SignedRecord> sign, CancellationToken cancel)
    {
        using (home.Lock(time, cancel))
        {
            RecordChain chain = Chain();
            chain.Append(sign(chain.Next));
        }
        return TellAsync(cancel);
    }

    /// <summary>The next look at the account shows it; where this device removed itself, that look is refused, and no key stays here.</summary>
    private async Task SeeRemovalAsync(Thumbprint device, CancellationToken cancel)
    {
        try
        {
            await LearnAsync(cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (device == deviceKey.Thumbprint && e.Fault == DeviceFault.Refused)
        {
            // It is what was asked for.
        }
    }

    private async Task<JoinNotes> JoiningAsync(string name, CancellationToken cancel)
    {
        try
        {
            return await server.JoinNotesAsync(name, cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Problem is "not-found")
        {
            throw new DeviceException(DeviceFault.Failure, $"the server knows no joining {name}: it was mistyped, or ten minutes have passed", "offproof join, on the new device, shows another", e);
        }
    }
}

/// <summary>How people name a device: by the beginning of its DEVICE.</summary>
internal static class DeviceNames
{
    private const int Fewest = 4;

    /// <summary>People write digits in either case.</summary>
    internal static bool Names(string beginning, Thumbprint device) => device.Text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="DeviceException">No device that belongs to the account begins so, or several do.</exception>
    internal static Thumbprint Find(AccountHistory history, string beginning)
    {
        if (beginning.Length < Fewest) throw new DeviceException(DeviceFault.Usage, $"'{beginning}' is too short to name a device", "offproof devices lists them");
        AccountDevice[] named = [.. history.Devices.Where(d => Names(beginning, d.Id))];
        return named switch
        {
            [{ Removed: null } one] => one.Id,
            [{ Removed: { } removal }] => throw new DeviceException(DeviceFault.Refused, $"this device was removed on {AccountHistory.Day(removal.At)}: nothing was changed"),
            [] => throw new DeviceException(DeviceFault.Failure, $"the account has no device whose name begins with {beginning}", "offproof devices lists them"),
            _ => throw new DeviceException(DeviceFault.Usage, $"more than one device's name begins with {beginning}", "give more digits"),
        };
    }
}
