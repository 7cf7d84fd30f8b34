namespace Offproof.TufClient;

/// <summary>The command line of TUF's conformance suite: options in any place, each with a value, and one command.</summary>
internal sealed record Arguments(string Command, string? TrustedRoot, string MetadataFolder, Uri? MetadataAddress, IReadOnlyList<string> Targets, Uri? TargetsAddress, string? TargetsFolder)
{
    /// <summary>Null when the words make no command.</summary>
    internal static Arguments? Read(IReadOnlyList<string> words)
    {
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        List<string> targets = [], rest = [];
        for (int i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal)) rest.Add(words[i]);
            else if (i + 1 == words.Count) return null;
            else if (words[i] is "--target-name") targets.Add(words[++i]);
            else if (words[i] is not ("--metadata-dir" or "--metadata-url" or "--target-base-url" or "--target-dir") || !options.TryAdd(words[i], words[++i])) return null;
        }
        string? folder = options.GetValueOrDefault("--metadata-dir");
        Uri? metadata = Address("--metadata-url"), base_ = Address("--target-base-url");
        string? targetsFolder = options.GetValueOrDefault("--target-dir");
        bool isWhole = folder is not null && rest switch
        {
            ["init", _] => true,
            ["refresh"] => metadata is not null,
            ["download"] => metadata is not null && base_ is not null && targetsFolder is not null && targets.Count > 0,
            _ => false,
        };
        return isWhole ? new(rest[0], rest.ElementAtOrDefault(1), folder!, metadata, targets, base_, targetsFolder) : null;

        Uri? Address(string name) =>
            Uri.TryCreate(options.GetValueOrDefault(name), UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? address : null;
    }
}
