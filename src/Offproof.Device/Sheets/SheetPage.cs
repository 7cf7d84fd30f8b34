using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Device;

/// <summary>The recovery sheet as a page to print (cli.md §6), for whoever finds it in a drawer and knows nothing of this program.</summary>
public static class SheetPage
{
    // What a camera still reads from paper at the size that the page gives it.
    private const int MostBytes = 1600;

    /// <summary>The page, as UTF-8. The caller's to zero.</summary>
    /// <exception cref="DeviceException">It is not a sheet, age would not read it (<see cref="DeviceFault.WrongSheet"/>), or it is too long for a code.</exception>
    public static byte[] Render(string sheetFile)
    {
        using Sheet sheet = Sheet.Read(sheetFile);
        Sheet.RequireReadableByAge(sheetFile);
        byte[] content = File.ReadAllBytes(sheetFile);
        try
        {
            if (content.AsSpan().ContainsAnyExcept(Printable))
                throw new DeviceException(DeviceFault.WrongSheet, $"{sheetFile} has a character that is not plain ASCII: no camera would read it back as it is", "take out what was added to it");
            if (content.Length > MostBytes)
                throw new DeviceException(DeviceFault.Failure, $"{sheetFile} has {content.Length} bytes: a code of more than {MostBytes} is not read from paper", "take out what was added to it");
            return Encoding.UTF8.GetBytes(Page(sheet, content).ReplaceLineEndings("\n"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Writes the page to a file that must not exist, mode 600. There is no other copy of it.</summary>
    public static void WriteNew(string sheetFile, string to)
    {
        byte[] page = Render(sheetFile);
        try
        {
            HomeFolder.WriteNew(to, page);
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException && Path.Exists(to))
        {
            throw new DeviceException(DeviceFault.Refused, $"{to} exists and is not overwritten: it may be another account's only sheet", "name another file", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(page);
        }
    }

    private static System.Buffers.SearchValues<byte> Printable { get; } =
        System.Buffers.SearchValues.Create([(byte)'\t', (byte)'\r', (byte)'\n', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (byte)c)]);

    private static string Page(Sheet sheet, byte[] content)
    {
        string account = sheet.Account.ToString();
        string vaults = $"{account[..8]}*/*/photos";
        string created = Encoding.ASCII.GetString(content).Split('\n').FirstOrDefault(static l => l.StartsWith("# created: ", StringComparison.Ordinal))?["# created: ".Length..].Trim() ?? "not noted";
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Recovery sheet {account[..8]}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <header>
            <h1>Recovery sheet</h1>
            <p>It opens the backup of a phone: contacts, messages, notes, photos. Keep it with the passport.</p>
            </header>

            <section class="top">
            <div>
            <h2>What this is</h2>
            <p>The phone's backup is locked, and lies on the computer named below. The code on this page is the key. Without the phone there is no other one: no password, no support, nobody who could reset it.</p>
            <h2>Keep it</h2>
            <p>On paper, where the passport is: not in the phone's case, not as a photo, not in an e-mail. Whoever holds this page can read the whole backup. Once it is printed, delete the file that it was printed from.</p>
            <h2>If the phone is gone</h2>
            <p><b>1.</b> Scan the code, with an app that does not send it anywhere. It holds lines of text; the last one begins with AGE-SECRET-KEY. Save them as a file, <code>sheet.txt</code>, on a computer.</p>
            <p><b>2.</b> Do either of the two things below: with the program Offproof, or without it.</p>
            <p><b>3.</b> Put the files on the new phone; delete <code>sheet.txt</code> (and <code>password</code>); put this page back.</p>
            </div>
            <figure>
            {QrCode.Svg(content, "QR code of the recovery sheet")}
            <figcaption>The whole sheet as a file: <code>sheet.txt</code></figcaption>
            </figure>
            </section>

            <h2>With Offproof</h2>
            <p>On a computer that reaches the server, once for each of <i>contacts</i>, <i>messages</i>, <i>notes</i>, <i>photos</i>. The files are then in the folder <i>restored</i>.</p>
            <pre><code>offproof restore photos --to restored --sheet sheet.txt</code></pre>

            <h2>Without Offproof</h2>
            <p>With the programs <i>age</i> and <i>restic</i>, which anybody can get, on the server's disk or a copy of it, in the server's data folder (the one with <i>vaults</i> and <i>recovery</i> in it). Of several numbers, the highest is the newest. Photos come back as they were, contacts as vCard files, notes as text, messages as lines of JSON.</p>
            <pre><code>age -d -i sheet.txt recovery/{vaults}/1.age &gt; password
            restic --no-lock -r vaults/{vaults}/1 --password-file password restore latest --target restored</code></pre>
            <p>Over the network, <i>restore-without-us.sh</i>, which comes with Offproof, does the same and checks the signatures too.</p>

            <h2>If the code cannot be scanned</h2>
            <p>Type these four lines into <i>sheet.txt</i>, without the gaps between the groups. A wrong character is noticed.</p>
            <dl>
            <dt># server:</dt><dd>{WebUtility.HtmlEncode(sheet.Server.AbsoluteUri)}</dd>
            <dt># account:</dt><dd>{Groups(account, 8)}</dd>
            <dt># server-key:</dt><dd>{Groups(sheet.ServerKey.ToString(), 8)}</dd>
            </dl>
            <p class="key">{Identity(content)}</p>

            <h2>If this page is lost</h2>
            <p>While the phone works, its backup still opens there. Type on it <code>offproof sheet replace --new sheet-2.txt</code> and print the new page: after 14 days it takes the place of this one, and the server refuses whoever found it.
            What was turned off before stays locked with this page. If page and phone are both gone, all of it stays locked for ever.</p>
            <footer>Made {WebUtility.HtmlEncode(created)} · Offproof · account {account[..8]}</footer>
            </body>
            </html>

            """;
    }

    /// <summary>The name that every identity begins with, then its digits.</summary>
    private static string Identity(byte[] content)
    {
        string line = Encoding.ASCII.GetString(content).Split('\n').Select(static l => l.Trim()).Single(static l => l.Length > 0 && l[0] != '#');
        int digits = line.IndexOf('1', StringComparison.Ordinal) + 1; // bech32: what is before the 1 is not data
        return $"<span>{line[..digits]}</span> {Groups(line[digits..], 4)}";
    }

    /// <summary>One span a group: the eye keeps its place, and a line breaks between two.</summary>
    private static string Groups(string text, int size) =>
        string.Join(' ', text.Chunk(size).Select(static group => string.Create(CultureInfo.InvariantCulture, $"<span>{new string(group)}</span>")));

    private const string Style = """
        @page { size: auto; margin: 12mm 15mm; }
        * { box-sizing: border-box; }
        body { font: 9.5pt/1.32 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; color: #000; background: #fff; max-width: 180mm; margin: 0 auto; }
        @media screen { body { padding: 10mm; box-sizing: content-box; } }
        header { border-bottom: 2.5pt solid #000; padding-bottom: 2mm; }
        h1 { font-size: 22pt; line-height: 1.1; margin: 0 0 1mm; }
        header p { font-size: 11pt; margin: 0; }
        h2 { font-size: 11pt; margin: 2.8mm 0 .5mm; break-after: avoid; }
        p { margin: 0 0 1mm; }
        .top { display: flex; gap: 7mm; align-items: flex-start; }
        .top > div { flex: 1; }
        figure { margin: 2.8mm 0 0; width: 78mm; flex: none; text-align: center; }
        figure svg { display: block; width: 78mm; height: 78mm; }
        figcaption { font-size: 8.5pt; }
        code, pre, dd, .key { font-family: "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace; }
        code { font-size: 9pt; }
        pre { margin: .8mm 0 1.4mm; padding: 1.6mm 2.2mm; border: .5pt solid #000; white-space: pre-wrap; overflow-wrap: anywhere; break-inside: avoid; }
        pre code { font-size: 7.8pt; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .5mm 3mm; margin: 1mm 0; font-size: 8.2pt; }
        dt { font-family: "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace; }
        dd { margin: 0; overflow-wrap: anywhere; }
        dd span, .key span { display: inline-block; }
        .key { font-size: 11pt; line-height: 1.45; font-weight: bold; border: 1.2pt solid #000; padding: 1.6mm 2.4mm; margin: 1.6mm 0 0; break-inside: avoid; word-spacing: .1em; }
        footer { margin-top: 2.4mm; padding-top: 1.2mm; border-top: .5pt solid #000; font-size: 8pt; }
        """;
}
