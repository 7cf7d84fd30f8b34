using System.Text;

namespace Offproof.Auditor.Tests.Receivers;

/// <summary>A folder of sources for one test.</summary>
sealed class Sources : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("offproof-sources-").FullName;

    internal static string Vectors => Path.Combine(Repository.Root, "vectors", "audit", "receivers");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal Sources With(string name, string text) => With(name, Encoding.UTF8.GetBytes(text));

    internal Sources With(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(Folder, name), bytes);
        return this;
    }

    internal static Address Of(string address) => Address.TryParse(address, out Address parsed) ? parsed : throw new ArgumentException(address, nameof(address));

    internal SourceFolder Read(params string[] addresses) => SourceFolder.Read(Folder, addresses.Select(Of), CancellationToken.None);

    /// <summary>The claims about an address, short.</summary>
    internal string[] Said(string address) => [.. Read(address).Claims(Of(address)).Select(Short)];

    internal SourceReport Only() => Read().Files.Single();

    internal static string Short(ClaimReport claim) => $"{claim.Layer} {claim.Value}{(claim.Name is null ? "" : $" {claim.Name}")} {claim.Range} {claim.What} {claim.Since ?? "-"} {claim.AsOf ?? "-"}";
}
