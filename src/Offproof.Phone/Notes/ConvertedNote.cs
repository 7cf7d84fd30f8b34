using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>A note that is made Markdown: its body block by block, its attachments, and the members that have no place of their own.</summary>
/// <param name="source">The file that it is in.</param>
/// <param name="folder">What lies beside that.</param>
/// <param name="account">Where missing attachments are told.</param>
sealed class ConvertedNote(SourceEntry source, NoteFolder folder, Account account)
{
    const int MostAttachments = 10_000;

    readonly StringBuilder _body = new();
    readonly List<List<(string Name, string Value)>> _attachments = [];
    readonly List<NoteFile> _files = [];
    readonly List<string> _found = [];
    readonly StringBuilder _extra = new();

    string Body => _body.Length == 0 ? "" : _body.Append(_body[^1] == '\n' ? "" : "\n").ToString();

    /// <summary>Begins a block: a blank line behind what there is.</summary>
    internal StringBuilder Block() => _body.Length == 0 ? _body : _body.Append("\n\n");

    /// <summary>Keeps a member as the source has it.</summary>
    internal void Extra(string name, JsonElement value) => _extra.Append(_extra.Length == 0 ? '{' : ',').Append('"').Append(JsonEncodedText.Encode(name, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value).Append("\":").Append(value.GetRawText());

    /// <summary>Takes a file from beside the note; adds it to the front matter and returns what a link to it says. A missing one is said and keeps its name.</summary>
    /// <param name="name">What the note calls it.</param>
    /// <param name="type">Its media type, or nothing.</param>
    /// <param name="orElse">Where else it is looked for.</param>
    internal string Attach(string name, string type, Func<SourceEntry?> orElse)
    {
        if (_attachments.Count == MostAttachments) throw new DamagedTextException($"it has more than {MostAttachments} attachments");
        SourceEntry? found = folder.Beside(source, name) ?? orElse();
        string? file = null;
        if (found is not null)
        {
            _found.Add(found.Path);
            try
            {
                NoteFile read = folder.Read(found);
                _files.Add(read);
                file = read.File;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or System.Security.SecurityException)
            {
                account.Notice(Sentence.Because($"{source.Name}: the attachment '{Sentence.Quote(name)}' cannot be read, and the note is kept with its name", problem));
            }
        }
        else
        {
            account.Notice($"{source.Name}: the attachment '{Sentence.Quote(name)}' is missing; the note is kept with its name.");
        }
        List<(string, string)> row = [("name", name)];
        if (type.Length > 0) row.Add(("type", type));
        if (file is not null) row.Add(("file", file));
        _attachments.Add(row);
        return file ?? MarkdownText.Target(LastPart(name));
    }

    // Nothing outside of the note's folder, wherever it is written.
    static string LastPart(string name) => name[(name.LastIndexOfAny(['/', '\\']) + 1)..] is var last && last is "." or ".." ? "" : last;

    /// <summary>Adds the note to the tree. What lies beside it is its own from then on.</summary>
    internal void AddTo(NoteTree tree, string title, string key, FrontMatter front, DateTimeOffset? modified)
    {
        tree.Add(new NoteDraft(title, key, front, modified ?? DateTimeOffset.UnixEpoch, _files), Body);
        folder.Use(_found);
    }

    internal void AddTo(FrontMatter front)
    {
        front.Add("attachments", _attachments);
        if (_extra.Length > 0) front.Add("extra", _extra.Append('}').ToString());
    }

    /// <summary>A number, or a text of digits.</summary>
    internal static long? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out long number) => number,
        JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) => number,
        _ => null,
    };

    /// <summary>Microseconds since 1970; null where that is no time of this calendar, or none.</summary>
    internal static DateTimeOffset? Time(long? microseconds) =>
        microseconds is > 0 and < 253_402_300_800_000_000 and var known ? DateTimeOffset.UnixEpoch.AddTicks(known * 10) : null;

    /// <summary>RFC 3339, with as many digits as the time has.</summary>
    internal static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
