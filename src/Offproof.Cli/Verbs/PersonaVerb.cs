using System.CommandLine;
using Offproof.Phone;

namespace Offproof.Cli;

internal static class PersonaVerb
{
    internal static Command Create()
    {
        Argument<string> directory = new("DIR") { Description = "A folder that does not exist or is empty" };
        Option<long?> seed = Options.Number("--seed", "The same seed gives the same bytes; 1 where not given", "N", 0, (1L << 53) - 1);
        Option<int?> photos = Options.Number("--photos", "How many photos; 200 where not given", "N", 0, 20_000);
        Command create = new("new", "Write a sample phone: fictional, deterministic") { directory, seed, photos };
        create.SetAction((parsed, cancel) =>
        {
            PersonaOptions options = new() { Seed = (ulong)(parsed.GetValue(seed) ?? 1), Photos = parsed.GetValue(photos) ?? 200 };
            PersonaSummary summary = Persona.Create(parsed.GetRequiredValue(directory), options, cancel);
            if (parsed.GetValue(Options.Json)) Terminal.Json(new PersonaJson("offproof/v1/persona-new", options.Seed, summary.Photos, summary.PhotoBytes), OutputJson.Default.PersonaJson);
            else Terminal.Say($"{summary.Photos} photos, {Terminal.Size(summary.PhotoBytes)}, in {parsed.GetRequiredValue(directory)}");
            return Task.FromResult(ExitCode.Ok);
        });
        return new Command("persona", "Sample phones") { create };
    }
}
