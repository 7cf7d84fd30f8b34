using System.CommandLine;
using Offproof.Device;
using Offproof.Phone;

namespace Offproof.Cli;

internal static class PersonaVerb
{
    internal static Command Create()
    {
        Argument<string> directory = new("DIR") { Description = "A folder that does not exist or is empty" };
        Option<long> seed = new("--seed") { Description = "The same seed gives the same bytes", DefaultValueFactory = static _ => 1, HelpName = "N" };
        Option<int> photos = new("--photos") { Description = "How many photos", DefaultValueFactory = static _ => 200, HelpName = "N" };
        Command create = new("new", "Write a sample phone: fictional, deterministic") { directory, seed, photos };
        create.SetAction((parsed, cancel) =>
        {
            if (parsed.GetValue(seed) < 0) throw new DeviceException(DeviceFault.Usage, "--seed is not negative");
            if (parsed.GetValue(photos) is < 0 or > 100_000) throw new DeviceException(DeviceFault.Usage, "--photos is 0 to 100000");
            PersonaOptions options = new() { Seed = (ulong)parsed.GetValue(seed), Photos = parsed.GetValue(photos) };
            PersonaSummary summary = Persona.Create(parsed.GetRequiredValue(directory), options, cancel);
            if (parsed.GetValue(Options.Json)) Terminal.Json(new PersonaJson("offproof/v1/persona-new", options.Seed, summary.Photos, summary.PhotoBytes), OutputJson.Default.PersonaJson);
            else Terminal.Say($"{summary.Photos} photos, {Terminal.Size(summary.PhotoBytes)}, in {parsed.GetRequiredValue(directory)}");
            return Task.FromResult(ExitCode.Ok);
        });
        return new Command("persona", "Sample phones") { create };
    }
}
