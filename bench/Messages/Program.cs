using System.Diagnostics;
using System.Globalization;
using Offproof.Messages;
using Offproof.Phone;

// usage: messages make FILE COUNT ATTACHMENTS MEGABYTES   an XML of COUNT short messages and ATTACHMENTS pictures of MEGABYTES * 10^6 bytes
//        messages import SOURCE TREE                      reads it, then stores its tree
//        messages export TREE TARGET xml|zip
// Each prints its time and the process's peak memory (Linux).
Stopwatch clock = Stopwatch.StartNew();
switch (args)
{
    case ["make", var file, var count, var attachments, var megabytes]:
        Sample.Write(file, Number(count), Number(attachments), Number(megabytes) * 1_000_000);
        Say($"made {new FileInfo(file).Length} bytes");
        return 0;
    case ["import", var source, var tree]:
        using (Import import = MessageImport.Read([source], null, CancellationToken.None))
        {
            Say($"read {import.Report.Read}, kept {import.Report.Kept}, {import.Files.Count} files");
            foreach (TreeFile file in import.Files)
            {
                string path = Path.Combine([tree, .. file.Path.Split('/')]);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using Stream bytes = file.Open();
                using FileStream copy = new(path, FileMode.CreateNew);
                bytes.CopyTo(copy);
            }
            Say("stored");
        }
        return 0;
    case ["export", var tree, var target, "xml" or "zip"]:
        ExportReport report = MessageExport.Write(tree, target, args[3] is "xml" ? MessageFormat.SmsBackupRestoreXml : MessageFormat.SmsImportExportZip, Selection.All, CancellationToken.None);
        Say($"wrote {report.Entries} messages, {report.Problems.Count} problems");
        return 0;
    default:
        Console.Error.WriteLine("usage: messages make FILE COUNT ATTACHMENTS MEGABYTES | import SOURCE TREE | export TREE TARGET xml|zip");
        return 64;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

void Say(string what)
{
    string? peak = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {clock.Elapsed.TotalSeconds:F2} s, peak {peak?[6..].Trim() ?? "unknown"}"));
}
