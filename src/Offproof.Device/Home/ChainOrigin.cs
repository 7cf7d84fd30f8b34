using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What made this a device of its account, on which its chain hangs: <c>records/00000000-certificate.jws</c> or <c>-admission.jws</c>, and its receipt.</summary>
internal static class ChainOrigin
{
    internal static string FileOf(HomeFolder home, string typ) =>
        Path.Combine(home.Records, typ == RecordTyp.Admission ? "00000000-admission.jws" : "00000000-certificate.jws");

    internal static void Write(HomeFolder home, SignedRecord origin) => HomeFolder.Write(FileOf(home, origin.Typ), Encoding.ASCII.GetBytes(origin.Compact));

    internal static void WriteReceipt(HomeFolder home, SignedRecord origin, string receipt) => HomeFolder.Write(ReceiptOf(FileOf(home, origin.Typ)), Encoding.ASCII.GetBytes(receipt));

    /// <summary>Null where there is none, or none that can be read: also what an `init` or `join` that did not finish may have left.</summary>
    internal static SignedRecord? Read(HomeFolder home)
    {
        foreach (string typ in (string[])[RecordTyp.Certificate, RecordTyp.Admission])
        {
            string file = FileOf(home, typ);
            if (File.Exists(file) && SignedRecord.TryParse(File.ReadAllText(file).Trim(), out SignedRecord? origin) && origin.Typ == typ) return origin;
        }
        return null;
    }

    /// <summary>The server's receipt for it; null where there is none.</summary>
    internal static string? ReadReceipt(HomeFolder home)
    {
        foreach (string typ in (string[])[RecordTyp.Certificate, RecordTyp.Admission])
        {
            string file = ReceiptOf(FileOf(home, typ));
            if (File.Exists(file)) return File.ReadAllText(file).Trim();
        }
        return null;
    }

    internal static void Delete(HomeFolder home)
    {
        if (!Directory.Exists(home.Records)) return;
        foreach (string typ in (string[])[RecordTyp.Certificate, RecordTyp.Admission])
        {
            File.Delete(FileOf(home, typ));
            File.Delete(ReceiptOf(FileOf(home, typ)));
        }
    }

    /// <summary>True if records lie here that a server has acknowledged, or that say more than which device this is: they are not begun anew.</summary>
    internal static bool AnyToKeep(HomeFolder home) => Directory.Exists(home.Records)
        && Directory.GetFiles(home.Records, "*.jws").Any(file => file != FileOf(home, RecordTyp.Certificate) && file != FileOf(home, RecordTyp.Admission));

    private static string ReceiptOf(string file) => Path.ChangeExtension(file, ".receipt.jws");
}
