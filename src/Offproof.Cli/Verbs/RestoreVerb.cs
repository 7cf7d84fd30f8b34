using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;
using Offproof.Phone;

namespace Offproof.Cli;

internal static class RestoreVerb
{
    internal static Command Create()
    {
        Argument<string> category = Options.Category();
        Option<string> to = new("--to") { Description = "The folder to write CATEGORY/ into; nothing in it is overwritten", Required = true, HelpName = "DIR" };
        Option<string?> snapshot = new("--snapshot") { Description = "A snapshot's id, or the beginning of it; the newest where not given", HelpName = "ID" };
        Option<int?> epoch = Options.Number("--epoch", "Which turning-on; the newest where not given", "N", 1, 999_999);
        Option<string?> sheet = new("--sheet") { Description = "Restore with the sheet: no device is needed", HelpName = "FILE" };
        Option<string?> server = new("--server") { Description = "With --sheet: where the vaults are now, if not at the sheet's own line", HelpName = "URL" };
        Option<string?> device = new("--device") { Description = "With --sheet: of the device whose name begins so; else of the one that turned the category on last", HelpName = "ID" };
        Option<string?> format = new("--format") { Description = "contacts: vcard3, vcard4; messages: xml, zip; notes: markdown; photos: files. The first is the usual; tree is the vault's own files", HelpName = "FORMAT" };
        Option<DateTimeOffset?> since = Options.Moment("--since", "Only what is of this day or moment, and later");
        Option<string?> conversation = new("--conversation") { Description = "Only the messages of this number or name (several numbers: joined by ~)", HelpName = "WHO" };
        Option<string?> contact = new("--contact") { Description = "Only this person: a name, number or e-mail", HelpName = "WHO" };
        Command verb = new("restore", "Write a category's files into a folder") { category, to, snapshot, epoch, sheet, server, device, format, since, conversation, contact };
        verb.SetAction(async (parsed, cancel) =>
        {
            Category wanted = Options.ParseCategory(parsed.GetRequiredValue(category));
            Selection selection = new() { Since = parsed.GetValue(since), Conversation = parsed.GetValue(conversation), Contact = parsed.GetValue(contact) };
            RestoreRequest request = new(
                parsed.TargetFolder(to), parsed.GetValue(snapshot), parsed.GetValue(epoch), RestoreFormats.Parse(wanted, parsed.GetValue(format)), selection, parsed.GetValue(device));
            using Progress progress = new($"restoring {wanted.Name()}");
            RestoreReport report;
            if (parsed.GetValue(sheet) is { } sheetFile)
            {
                Uri? url = parsed.GetValue(server) is { } text ? Options.ParseUrl(text) : null;
                report = await parsed.WithSheetAsync(sheetFile, opened => SheetRestore.RunAsync(opened, url, wanted, request, TimeProvider.System, null, progress.Restore, cancel, parsed.HomeFolder()));
            }
            else
            {
                if (parsed.GetValue(server) is not null) throw new DeviceException(DeviceFault.Usage, "--server goes with --sheet");
                if (parsed.GetValue(device) is not null) throw new DeviceException(DeviceFault.Usage, "--device goes with --sheet: a device opens its own vaults only");
                using DeviceHome home = parsed.OpenHome();
                report = await home.RestoreAsync(wanted, request, progress.Restore, cancel);
            }
            progress.Dispose();
            Show(parsed, wanted, request, report);
            return report.Problems.Count > 0 ? ExitCode.Failure : ExitCode.Ok;
        });
        return verb;
    }

    private static void Show(ParseResult parsed, Category category, RestoreRequest request, RestoreReport report)
    {
        if (parsed.GetValue(Options.Json))
        {
            Terminal.Json(RestoreJson.Of(category, report), OutputJson.Default.RestoreJson);
        }
        else
        {
            string there = report.AlreadyThere > 0 ? $", {report.AlreadyThere} already there" : "";
            string entries = report.Entries is { } count ? $"{Terminal.Entries(category.Name(), count, report.OtherFiles)} in " : "";
            string files = Terminal.Count(report.Files, "file");
            Terminal.Say($"{category.Name()}: {entries}{files}, {Terminal.Size(report.Bytes)} restored to "
                + $"{Path.Combine(request.Target, category.Name())}{there} (snapshot {report.Snapshot[..8]}, epoch {report.Epoch})");
        }
        Terminal.Noticed(report.Notices);
        Terminal.Remarked(report.Remarks);
        Terminal.LeftOut("not restored", report.Problems);
    }
}
