using Offproof.Device;
using Offproof.Vault;

namespace Offproof.Cli;

/// <summary>A repository's place: a folder, or a REST server's URL (with or without restic's `rest:` in front).</summary>
internal sealed class StorageAccess : IDisposable
{
    private readonly HttpMessageInvoker? invoker;

    private StorageAccess(IVaultStorage storage, string name, HttpMessageInvoker? invoker)
    {
        Storage = storage;
        Name = name;
        this.invoker = invoker;
    }

    internal IVaultStorage Storage { get; }

    /// <summary>The place without user name and password.</summary>
    internal string Name { get; }

    /// <param name="argument">What `--repository` says; null where it was left out, and restic's own variable says it</param>
    internal static StorageAccess Open(string? argument)
    {
        if ((argument ?? Environment.GetEnvironmentVariable("RESTIC_REPOSITORY")) is not { Length: > 0 } place)
            throw new DeviceException(DeviceFault.Usage, "no repository is named", "--repository PATH|URL, or the variable RESTIC_REPOSITORY");
        string url = place.StartsWith("rest:", StringComparison.Ordinal) ? place["rest:".Length..] : place;
        if (!Options.IsUrl(url))
            return new StorageAccess(new FolderStorage(place), Path.GetFullPath(place), null);
        Uri address = Options.ParsePlace(url);
        // cli.md §1.4: arguments are in every list of processes. The variable is not.
        if (argument is not null && address.UserInfo.Length > 0)
            throw new DeviceException(DeviceFault.Usage, "a URL with a password or token in it is no argument: others on this machine could read it", "put it into the variable RESTIC_REPOSITORY, and leave --repository out");
        Options.RequireHttps(address);
        HttpMessageInvoker invoker = new(new PatientHandler(Wire.To(address), TimeProvider.System));
        return new StorageAccess(new RestStorage(invoker, address), address.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped), invoker);
    }

    public void Dispose() => invoker?.Dispose();
}
