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

    internal static StorageAccess Open(string place)
    {
        string url = place.StartsWith("rest:", StringComparison.Ordinal) ? place["rest:".Length..] : place;
        if (!url.StartsWith("http://", StringComparison.Ordinal) && !url.StartsWith("https://", StringComparison.Ordinal))
            return new StorageAccess(new FolderStorage(place), Path.GetFullPath(place), null);
        Uri address = Options.ParseUrl(url.EndsWith('/') ? url : url + "/");
        HttpMessageInvoker invoker = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) });
        return new StorageAccess(new RestStorage(invoker, address), address.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped), invoker);
    }

    public void Dispose() => invoker?.Dispose();
}
