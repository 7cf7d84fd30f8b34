using System.Globalization;
using System.Text;

namespace Offproof.Evidence;

/// <summary>README.txt: for somebody who was handed a bundle and knows nothing of this program (evidence.md §1).</summary>
static class ReadmeText
{
    internal static string Of(About about, MinisignKey key)
    {
        StringBuilder text = new();
        Line($"EVIDENCE BUNDLE {about.Id}");
        if (about.Title is { } title) Line(Plain(title));
        Line($"packed {about.Packed} by {about.Tool.Name} {about.Tool.Version}{(about.Form == About.Public ? "; the public form: planted values are replaced by commitments" : "")}");
        Line();
        Line("HOW TO VERIFY IT, with minisign and coreutils alone. In this folder:");
        Line();
        Line("  minisign -Vm SHA256SUMS -P KEY");
        Line("  sha256sum --strict --quiet -c SHA256SUMS");
        Line("  du -al . | cut -f2 | LC_ALL=C sort | LC_ALL=C comm -3 CONTENTS -");
        Line();
        Line("KEY is the signer's public key. Get it from the signer: a web page, a letter, a");
        Line("telephone call. The one in signer.pub is a hint only, since whoever alters this");
        Line("bundle exchanges it too. It says:");
        Line();
        Line($"  {key.Text}   (named {key.Id})");
        Line();
        Line("The first command must say \"Signature and comment signature verified\"; the other");
        Line("two must print nothing. The third one tells files that were added.");
        Line("On a Mac: shasum -a 256 -c SHA256SUMS. On Windows: minisign.exe, and certutil");
        Line("-hashfile FILE SHA256 for each line of SHA256SUMS.");
        Line("In a folder that somebody else could write to, first, and it must print nothing");
        Line("(links and pipes, of which those three tell nothing): find . ! -type f ! -type d");
        Line();
        Line("WHAT A GOOD RESULT PROVES: not one byte changed since the holder of that key");
        Line("signed. WHAT IT DOES NOT: that the content is true or complete, that the times are");
        Line("right, or who the holder is.");
        Line();
        Line("WHAT IS IN IT (bundle.json has it for programs)");
        foreach (var file in about.Files) Line(string.Create(CultureInfo.InvariantCulture, $"  {file.Path}   {file.Role}, {file.Bytes} bytes"));
        Section("WHAT IS NOT IN IT", about.Absent.Select(static one => $"{one.Role}{(one.Name is { } name ? " " + Plain(name) : "")}{(one.Sha256 is null ? "" : $", SHA-256 {one.Sha256}")}: {one.Reason}"));
        if (about.Form == About.Public) Section("HOW A VALUE IS OPENED", ["Whoever packed this hands out a small file: three lines, and the value. Its sha256sum, and the id in its second line, stand in one line of commitments.txt: then that value was fixed when this was signed - if no other line has that id, which sorted ids show: cut -c67- commitments.txt | LC_ALL=C sort -cu prints nothing, and grep -c '  ID$' commitments.txt, with a \\ before each [ of the id, prints 1."]);
        Section("BE CAREFUL: WHAT ITS SECRETS OPEN", about.Opens);
        Section("WHAT IS STATED AND CANNOT BE CHECKED HERE", about.Statements);
        Section("LIMITS", about.Limits);
        Section("METHOD", [about.Method]);
        if (about.Note is { } note) Section("NOTE OF WHOEVER PACKED IT", [note]);
        return text.ToString();

        void Line(string line = "") => text.Append(line).Append('\n');

        void Section(string title, IEnumerable<string> entries)
        {
            List<string> all = [.. entries];
            if (all.Count == 0) return;
            Line();
            Line(title);
            foreach (string entry in all) Line($"  - {Plain(entry)}");
        }
    }

    // A page for terminals: what turns or hides what follows becomes visible as such.
    static string Plain(string text) => string.Concat(text.EnumerateRunes().Select(static rune => rune.Value is '\n' ? "\n    " : MinisignText.IsPlain(rune.ToString()) ? rune.ToString() : "?"));
}
