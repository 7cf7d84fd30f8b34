using System.Diagnostics;
using System.Globalization;
using Offproof.Messages;
using Offproof.Phone;

// usage: messages make FILE COUNT ATTACHMENTS MEGABYTES   an XML of COUNT short messages and ATTACHMENTS pictures of MEGABYTES * 10^6 bytes
//        messages read SOURCE                             reads it, and every file of its tree
//        messages import SOURCE TREE                      the same, and stores the tree
//        messages export TREE TARGET xml|zip
// Each prints its time and the process's peak memory (Linux).
Stopwatch clock = Stopwatch.StartNew();
switch (args)
{
    case ["make", var file, var count, var attachments, var megabytes]:
        Sample.Write(file, Number(count), Number(attachments), Number(megabytes) * 1_000_000);
        Say($"made {new FileInfo(file).Length} bytes");
        return 0;
    case ["read", var source]:
        Read(source, _ => Stream.Null);
        return 0;
    case ["import", var source, var tree]:
        Read(source, name =>
        {
            string path = Path.Combine([tree, .. name.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path, FileMode.CreateNew);
        });
        return 0;
    case ["export", var tree, var target, "xml" or "zip"]:
        ExportReport report = MessageExport.Write(tree, target, args[3] is "xml" ? MessageFormat.SmsBackupRestoreXml : MessageFormat.SmsImportExportZip, Selection.All, CancellationToken.None);
        Say($"wrote {report.Entries} messages, {report.Problems.Count} problems");
        return 0;
    default:
        Console.Error.WriteLine("usage: messages make FILE COUNT ATTACHMENTS MEGABYTES | read SOURCE | import SOURCE TREE | export TREE TARGET xml|zip");
        return 64;
}

void Read(string source, Func<string, Stream> open)
{
    using Import import = MessageImport.Read([source], null, CancellationToken.None);
    Say($"read {import.Report.Read}, kept {import.Report.Kept}, {import.Files.Count} files");
    foreach (TreeFile file in import.Files)
    {
        using Stream bytes = file.Open();
        using Stream copy = open(file.Path);
        bytes.CopyTo(copy);
    }
    Say("read whole");
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

void Say(string what)
{
    string? peak = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {clock.Elapsed.TotalSeconds:F2} s, peak {peak?[6..].Trim() ?? "unknown"}"));
}
