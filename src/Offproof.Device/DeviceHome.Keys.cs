using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>The key of a category goes first, whatever else in the home is damaged, missing or not ours (cli.md, `off`).</summary>
public sealed partial class DeviceHome
{
    /// <summary>Destroys the key of a category in a folder that <see cref="Open"/> could not open: whatever is wrong with a home, `off` leaves no key in it, or says where it lies.</summary>
    /// <param name="path">The home folder</param>
    /// <param name="category">Which one</param>
    /// <param name="why">What is wrong with the home</param>
    /// <param name="time">For how long another command is waited for</param>
    /// <returns>What is to be said then.</returns>
    public static DeviceException DestroyKey(string path, Category category, Exception why, TimeProvider time)
    {
        HomeFolder home = new(path);
        VaultFolder folder = new(home, category);
        if (!folder.Exists && folder.KeyLeft is null) return new DeviceException((why as DeviceException)?.Fault ?? DeviceFault.Failure, why.Message, (why as DeviceException)?.Hint, why);
        using FileStream? _ = home.LockIfPossible(time);
        return WithKeyGone(category, folder.Destroy(), why);
    }

    /// <summary>After an erasure with the sheet beside a home that cannot be opened: the key of what was erased goes from there too, where the records' names do not say that it is another's.</summary>
    /// <returns>What is to be said of it; empty where there was no such key.</returns>
    public static IReadOnlyList<string> DestroyErased(string path, Sheet sheet, IReadOnlyList<ErasureReport> reports, TimeProvider time)
    {
        HomeFolder home = new(path);
        List<string> said = [];
        foreach (ErasureReport report in reports)
        {
            Category category = report.Epoch.Category;
            VaultFolder folder = new(home, category);
            if (!folder.Exists && folder.KeyLeft is null) continue;
            if (!IsErasedHere(home, sheet, report)) continue;
            using FileStream? _ = home.LockIfPossible(time);
            said.Add(folder.Destroy() is { } left ? CannotDestroy(category, left) : $"the key of {category.Name()} on this device is destroyed");
        }
        return said;
    }

    // Nothing here can be verified without the device's key; it decides only whether a password that opens nothing any more is destroyed.
    private static bool IsErasedHere(HomeFolder home, Sheet sheet, ErasureReport report)
    {
        try
        {
            if (AccountFile.Read(home).Account != sheet.Account.Text) return false;
            if (ChainOrigin.Read(home) is { } origin && RecordWords.Of(origin).Device is { } own && !report.Device.StartsWith(own, StringComparison.Ordinal)) return false;
            string? newest = Directory.GetFiles(home.Records, $"*-grant-{report.Epoch.Category.Name()}-*.jws")
                .Where(static f => !f.EndsWith(".receipt.jws", StringComparison.Ordinal)).Order(StringComparer.Ordinal).LastOrDefault();
            return newest is null || newest.EndsWith(string.Create(CultureInfo.InvariantCulture, $"-{report.Epoch.Epoch}.jws"), StringComparison.Ordinal);
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            return false; // whose it is cannot be told: `off` destroys it
        }
    }

    /// <summary>What cannot be destroyed is said, and where it lies.</summary>
    private static string CannotDestroy(Category category, string left) => $"the key of {category.Name()} on this device could NOT be destroyed: it lies in {left}";

    private static DeviceException WithKeyGone(Category category, string? left, Exception why)
    {
        DeviceFault fault = (why as DeviceException)?.Fault ?? DeviceFault.Failure;
        string what = why.Message.TrimEnd('.');
        return left is null
            ? new DeviceException(fault, $"{what}. The key of {category.Name()} on this device is destroyed; the server could not be told", (why as DeviceException)?.Hint, why)
            : new DeviceException(fault, $"{what}. And {CannotDestroy(category, left)}; the server could not be told", KeyLeftHint(category), why);
    }

    private static string KeyLeftHint(Category category) => $"delete that folder as the user whom it belongs to, then: offproof off {category.Name()}";

    /// <summary>What a report says that a key was left here, as a failure: off that leaves a key is not what was asked for.</summary>
    public static DeviceException KeyWasLeft(SwitchReport report) => new(DeviceFault.Failure, CannotDestroy(report.Category, report.KeyLeft!), KeyLeftHint(report.Category));

    private FileStream LockOrDestroy(Category category, CancellationToken cancel)
    {
        try
        {
            return home.Lock(time, cancel);
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            throw WithKeyGone(category, Folder(category).Destroy(), e);
        }
    }

    /// <summary>A record that is damaged, missing or not readable must not keep a key alive: the key goes first, then that is said.</summary>
    private RecordChain ChainOrDestroy(Category category)
    {
        try
        {
            return Chain();
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            throw WithKeyGone(category, Folder(category).Destroy(), e);
        }
    }

    /// <summary>A crash between signing a revocation and destroying the password is finished by whoever comes next, under the lock: `on` may be making the next vault.</summary>
    private void DestroyIfRevoked(RecordChain chain, Category category)
    {
        if (!Folder(category).Exists || chain.Newest(category) is not { Revocation: not null }) return;
        using FileStream? _ = home.LockIfPossible(time);
        if (_ is not null && Chain().Newest(category) is { Revocation: not null }) Folder(category).Destroy();
    }
}
