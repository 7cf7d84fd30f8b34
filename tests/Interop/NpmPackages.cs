namespace Offproof.Interop;

/// <summary>Packages of npm as a package-lock.json has them (their SHA-512 are there, and npm compares them); fetched once into artifacts/.</summary>
static class NpmPackages
{
    static readonly SemaphoreSlim Gate = new(1);

    /// <param name="source">Where package.json and package-lock.json lie.</param>
    /// <param name="name">Of the folder in artifacts/ that holds node_modules.</param>
    internal static async Task<string> FolderAsync(string source, string name)
    {
        string folder = Path.Combine(ProgramUnderTest.Root, "artifacts", name);
        await Gate.WaitAsync();
        try
        {
            string locked = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
            string done = Path.Combine(folder, "installed.json");
            if (File.Exists(done) && string.Equals(await File.ReadAllTextAsync(done), locked, StringComparison.Ordinal)) return folder;
            Directory.CreateDirectory(folder);
            foreach (string file in (string[])["package.json", "package-lock.json"]) File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);
            Ended ended = await Processes.RunAsync("npm", "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier");
            Assert.True(ended.Exit == 0, $"npm could not install what {source} asks for, so nothing is shown with it (a registry of npm packages must be within reach once):\n{ended.Both}");
            await File.WriteAllTextAsync(done, locked);
            return folder;
        }
        finally
        {
            Gate.Release();
        }
    }
}
