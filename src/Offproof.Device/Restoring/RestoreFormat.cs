using Offproof.Consent;
using Offproof.Phone;

namespace Offproof.Device;

/// <summary>What a restore writes (cli.md §4).</summary>
public enum RestoreFormat
{
    /// <summary>The vault's files as they are; for photos the only one.</summary>
    Tree,

    /// <summary>vCard 3.0: contacts.vcf.</summary>
    VCard3,

    /// <summary>vCard 4.0: contacts.vcf.</summary>
    VCard4,

    /// <summary>SMS Backup &amp; Restore: messages.xml.</summary>
    Xml,

    /// <summary>SMS Import/Export: messages.zip.</summary>
    Zip,

    /// <summary>A folder of notes and their attachments.</summary>
    Markdown,
}

/// <summary>Which formats a category has. The first is what is written where none is named: what the phone's usual app imports.</summary>
public static class RestoreFormats
{
    /// <summary>The formats of a category by name.</summary>
    public static IReadOnlyList<(string Name, RestoreFormat Format)> Of(Category category) => category switch
    {
        Category.Contacts => [("vcard3", RestoreFormat.VCard3), ("vcard4", RestoreFormat.VCard4), ("tree", RestoreFormat.Tree)],
        Category.Messages => [("xml", RestoreFormat.Xml), ("zip", RestoreFormat.Zip), ("tree", RestoreFormat.Tree)],
        Category.Notes => [("markdown", RestoreFormat.Markdown), ("tree", RestoreFormat.Tree)],
        _ => [("files", RestoreFormat.Tree)],
    };

    /// <summary>The format of that name; the category's usual one where it is null.</summary>
    /// <exception cref="DeviceException">The category has none of that name.</exception>
    public static RestoreFormat Parse(Category category, string? name)
    {
        IReadOnlyList<(string Name, RestoreFormat Format)> formats = Of(category);
        if (name is null) return formats[0].Format;
        foreach ((string known, RestoreFormat format) in formats)
            if (known == name) return format;
        throw new DeviceException(DeviceFault.Usage, $"{category.Name()} cannot be written as '{name}'", string.Join(", ", formats.Select(static f => f.Name)));
    }

    /// <summary>Writes what was chosen of a restored tree.</summary>
    internal static ExportReport Export(RestoreFormat format, string tree, string target, Selection selection, CancellationToken cancel) => format switch
    {
        RestoreFormat.VCard3 => ContactExport.Write(tree, target, ContactFormat.VCard3, selection, cancel),
        RestoreFormat.VCard4 => ContactExport.Write(tree, target, ContactFormat.VCard4, selection, cancel),
        RestoreFormat.Xml => MessageExport.Write(tree, target, MessageFormat.SmsBackupRestoreXml, selection, cancel),
        RestoreFormat.Zip => MessageExport.Write(tree, target, MessageFormat.SmsImportExportZip, selection, cancel),
        RestoreFormat.Markdown => NoteExport.Write(tree, target, NoteFormat.Markdown, selection, cancel),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>Refuses conditions that would choose nothing meaningful, rather than ignoring them.</summary>
    internal static void RequireMeaning(Category category, RestoreFormat format, Selection selection)
    {
        if (selection.Conversation is not null && category != Category.Messages)
            throw new DeviceException(DeviceFault.Usage, $"{category.Name()} have no conversations", "--conversation goes with messages");
        if (selection.Contact is not null && category is not (Category.Messages or Category.Contacts))
            throw new DeviceException(DeviceFault.Usage, $"{category.Name()} are nobody's in particular", "--contact goes with contacts and messages");
        if (format == RestoreFormat.Tree && category != Category.Photos && selection != Selection.All)
            throw new DeviceException(DeviceFault.Usage, "the tree is restored whole", "leave --format out, or the condition");
    }
}
