using System.Diagnostics;
using System.Globalization;
using Offproof.Contacts;
using Offproof.Phone;

// usage: contacts make FILE COUNT PHOTOS KILOBYTES   a vCard file of COUNT contacts, PHOTOS of them with a picture of KILOBYTES * 10^3 bytes
//        contacts read SOURCE                        reads it, and every file of its tree
//        contacts import SOURCE TREE                 reads it, then stores its tree
//        contacts export TREE TARGET 3|4
// Each prints its time and the process's peak memory (Linux).
Stopwatch clock = Stopwatch.StartNew();
switch (args)
{
    case ["make", var file, var count, var photos, var kilobytes]:
        Sample.Write(file, Number(count), Number(photos), Number(kilobytes) * 1_000);
        Say($"made {new FileInfo(file).Length} bytes");
        return 0;
    case ["read", var source]:
        using (Import import = ContactImport.Read([source], CancellationToken.None))
        {
            foreach (TreeFile file in import.Files)
            {
                using Stream bytes = file.Open();
                bytes.CopyTo(Stream.Null);
            }
            Say($"read {import.Report.Read}, kept {import.Report.Kept}, {import.Files.Count} files");
        }
        return 0;
    case ["import", var source, var tree]:
        using (Import import = ContactImport.Read([source], CancellationToken.None))
        {
            Say($"read {import.Report.Read}, kept {import.Report.Kept}, {import.Files.Count} files");
            foreach (SkippedEntry skipped in import.Report.Skipped) Console.WriteLine($"skipped {skipped.File}, line {skipped.Line}: {skipped.Reason}");
            foreach (string notice in import.Report.Notices) Console.WriteLine(notice);
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
    case ["export", var tree, var target, "3" or "4"]:
        ExportReport report = ContactExport.Write(tree, target, args[3] is "3" ? ContactFormat.VCard3 : ContactFormat.VCard4, Selection.All, CancellationToken.None);
        foreach (string notice in report.Notices) Console.WriteLine(notice);
        Say($"wrote {report.Entries} contacts, {report.Problems.Count} problems");
        return 0;
    default:
        Console.Error.WriteLine("usage: contacts make FILE COUNT PHOTOS KILOBYTES | read SOURCE | import SOURCE TREE | export TREE TARGET 3|4");
        return 64;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

void Say(string what)
{
    string? peak = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {clock.Elapsed.TotalSeconds:F2} s, peak {peak?[6..].Trim() ?? "unknown"}"));
}
