using Offproof.Vault;

namespace Offproof.Cli;

/// <summary>What the runtime says of a path that is not there, or not for this user, in the words of this program.</summary>
internal static class PathWords
{
    internal static (string Message, string? Hint) Of(Exception e) => (e, PathIn(e.Message)) switch
    {
        (FileNotFoundException or DirectoryNotFoundException, { } path) => ($"{path} is not there", null),
        (UnauthorizedAccessException, { } path) when Directory.Exists(path) => ($"{path} may not be read or written by this user", "it is a folder: is a file in it meant, or another folder?"),
        (UnauthorizedAccessException, { } path) => ($"{path} may not be read or written by this user", null),
        (VaultNotFoundException, _) => (e.Message, "a vault's folder holds config, keys, data, index and snapshots: is another one meant?"),
        _ => (e.Message, null),
    };

    // "Could not find file '/a/b'.", "Could not find a part of the path '/a/b'.", "Access to the path '/a/b' is denied."
    private static string? PathIn(string message)
    {
        int from = message.IndexOf('\'', StringComparison.Ordinal), to = message.LastIndexOf('\'');
        return to > from + 1 && (message.StartsWith("Could not find ", StringComparison.Ordinal) || message.StartsWith("Access to the path ", StringComparison.Ordinal)) ? message[(from + 1)..to] : null;
    }
}
