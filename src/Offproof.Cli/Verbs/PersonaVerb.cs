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
        Option<int?> contacts = Options.Number("--contacts", "How many contacts; 200 where not given", "N", 0, 20_000);
        Option<int?> messages = Options.Number("--messages", "How many messages; 5000 where not given", "N", 0, 200_000);
        Option<int?> notes = Options.Number("--notes", "How many notes; 100 where not given", "N", 0, 9_999);
        Option<bool> formats = new("--all-formats") { Description = "Contacts, messages and notes once more in every format that phones export" };
        Command create = new("new", "Write a sample phone: fictional, deterministic") { directory, seed, photos, contacts, messages, notes, formats };
        create.SetAction((parsed, cancel) =>
        {
            PersonaOptions options = new()
            {
                Seed = (ulong)(parsed.GetValue(seed) ?? 1),
                Photos = parsed.GetValue(photos) ?? 200,
                Contacts = parsed.GetValue(contacts) ?? 200,
                Messages = parsed.GetValue(messages) ?? 5000,
                Notes = parsed.GetValue(notes) ?? 100,
                AllFormats = parsed.GetValue(formats),
            };
            PersonaSummary made = Persona.Create(parsed.GetRequiredValue(directory), options, cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(
                    new PersonaJson("offproof/v1/persona-new", options.Seed, made.Photos, made.PhotoBytes, made.Contacts, made.Messages, made.Conversations, made.Notes),
                    OutputJson.Default.PersonaJson);
            }
            else
            {
                Terminal.Say($"{made.Photos} photos, {Terminal.Size(made.PhotoBytes)}, {made.Contacts} contacts, {made.Messages} messages in {made.Conversations} conversations and {made.Notes} notes in {parsed.GetRequiredValue(directory)}");
            }
            return Task.FromResult(ExitCode.Ok);
        });
        return new Command("persona", "Sample phones") { create };
    }
}
