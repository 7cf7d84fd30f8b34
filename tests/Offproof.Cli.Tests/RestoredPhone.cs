using System.Text.Json;
using Offproof.Phone;

namespace Offproof.Cli.Tests;

/// <summary>A small sample phone, and what a restore makes of it: contacts.vcf, messages.xml, notes and photos, as the demo has them before it compares.</summary>
public sealed class RestoredPhone : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("offproof-cli-").FullName;
    private readonly JsonDocument persona;

    public RestoredPhone()
    {
        Persona.Create(this["phone"], new PersonaOptions { Photos = 2, Contacts = 20, Messages = 300, Notes = 30 }, CancellationToken.None);
        persona = JsonDocument.Parse(File.ReadAllBytes(this["phone/persona.json"]));
        using (Import import = ContactImport.Read([this["phone/contacts"]], CancellationToken.None))
            ContactExport.Write(Store(import, "contacts-tree"), this["contacts"], ContactFormat.VCard3, Selection.All, CancellationToken.None);
        using (Import import = MessageImport.Read([this["phone/messages"]], null, CancellationToken.None))
            MessageExport.Write(Store(import, "messages-tree"), this["messages"], MessageFormat.SmsBackupRestoreXml, Selection.All, CancellationToken.None);
        using (Import import = NoteImport.Read([("notes", this["phone/notes"])], CancellationToken.None))
            NoteExport.Write(Store(import, "notes-tree"), this["notes"], NoteFormat.Markdown, Selection.All, CancellationToken.None);
    }

    internal JsonElement Planted => persona.RootElement;

    internal string this[string path] => Path.Combine([root, .. path.Split('/')]);

    /// <summary>A copy of a restored folder or file, which a test may spoil.</summary>
    internal string Copy(string path)
    {
        string copy = this[$"{Guid.NewGuid():N}/{path}"];
        string[] files = File.Exists(this[path]) ? [this[path]] : Directory.GetFiles(this[path], "*", SearchOption.AllDirectories);
        foreach (string file in files)
        {
            string to = file == this[path] ? copy : Path.Combine(copy, Path.GetRelativePath(this[path], file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        return copy;
    }

    public void Dispose()
    {
        persona.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private string Store(Import import, string tree)
    {
        foreach (TreeFile file in import.Files)
        {
            string path = this[tree + "/" + file.Path];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using Stream from = file.Open();
            using FileStream to = File.Create(path);
            from.CopyTo(to);
        }
        return this[tree];
    }
}
