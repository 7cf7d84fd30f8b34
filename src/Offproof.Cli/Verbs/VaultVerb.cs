using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>`vault env` for a category of this device, and the engine alone on any restic repository.</summary>
internal static class VaultVerb
{
    internal static Command Create() => new("vault", "The restic repository: of a category, or any other")
    {
        Environment(),
        RepositoryVerbs.Init(),
        RepositoryVerbs.Backup(),
        RepositoryVerbs.Snapshots(),
        RepositoryVerbs.Restore(),
        RepositoryVerbs.Check(),
        RepositoryVerbs.Prune(),
    };

    private static Command Environment()
    {
        Argument<string> category = Options.Category();
        Option<bool> write = new("--write") { Description = "The token may also add" };
        Command verb = new("env", "Two lines for a shell, so that stock restic opens this category for one hour") { category, write };
        verb.SetAction(async (parsed, cancel) =>
        {
            using DeviceHome home = parsed.OpenHome();
            VaultEnvironment lines = await home.VaultEnvironmentAsync(
                Options.ParseCategory(parsed.GetRequiredValue(category)), parsed.GetValue(write), cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new VaultEnvJson("offproof/v1/vault-env", lines.Repository, lines.Password), OutputJson.Default.VaultEnvJson);
                return ExitCode.Ok;
            }
            Terminal.Say($"RESTIC_REPOSITORY='{lines.Repository}'");
            Terminal.Say($"RESTIC_PASSWORD='{lines.Password}'");
            return ExitCode.Ok;
        });
        return verb;
    }
}
