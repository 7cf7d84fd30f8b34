using System.Globalization;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>
/// Notes in JSON (notes.md §3.2, §3.3): one note a file, or lists of them, or a service's answers that hold them (<c>data</c>, <c>entry</c>,
/// <c>entries</c>). Elements are read one by one.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="take">Takes a note, with the names of folders by their ids; false when it is none.</param>
/// <param name="account">Where damage is told.</param>
sealed class JsonNotes(SourceFile file, Func<JsonElement, IReadOnlyDictionary<string, string>, bool> take, Account account)
{
    const int MostDepth = 8;
    readonly List<(long Line, string Reason)> _others = [];
    readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);
    byte[]? _start;
    bool _onlyFolders;
    long _line = 1;
    bool _damaged;

    /// <summary>How many notes there were.</summary>
    internal long Found { get; private set; }

    /// <summary>It was no whole JSON, which was not told: the file is none of notes.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>The file begins like Takeout's notes do, before the names that only they have.</summary>
    internal bool BeginsLikeKeep => FirstName() is "color" or "attachments" or "isPinned" or "isArchived" or "textContent" or "textContentHtml" or "listContent" or "labels" or "annotations" or "sharees";

    /// <summary>Reads the file. False when it is none of notes, whole or damaged: nothing was told then.</summary>
    internal bool Read(CancellationToken cancellationToken)
    {
        if (LooksLike("\"folders\""u8, "\"entries\""u8)) ReadFolders(cancellationToken);
        using JsonText json = new(file.Open());
        try
        {
            while (json.Ahead() >= 0) ReadValue(json, 0, cancellationToken);
        }
        catch (DamagedTextException damage)
        {
            Damage(_line, string.Create(CultureInfo.InvariantCulture, $"Broken JSON, at line {json.Line}: {damage.Message}. What follows it in the file was not read."));
        }
        catch (TextEndsException)
        {
            Damage(_line, "The file ends inside this note.");
        }
        catch (IOException problem) when (problem is not SpoolException && Found > 0)
        {
            Damage(_line, Sentence.Because("The file cannot be read further", problem));
        }
        IsBroken = Found == 0 && _damaged && !LooksLikeNotes();
        if (Found == 0 && !(_damaged && LooksLikeNotes())) return false;
        foreach ((long line, string reason) in _others) account.Skip(file.Name, line, reason);
        return true;
    }

    // The names of folders may stand behind the notes.
    void ReadFolders(CancellationToken cancellationToken)
    {
        _onlyFolders = true;
        using JsonText json = new(file.Open());
        try
        {
            while (json.Ahead() >= 0) ReadValue(json, 0, cancellationToken);
        }
        catch (Exception damage) when (damage is DamagedTextException or TextEndsException or JsonException)
        {
            // told by the reading of the notes
        }
        _onlyFolders = false;
    }

    void AddFolders(ReadOnlyMemory<byte> list)
    {
        using JsonDocument document = JsonDocument.Parse(list);
        foreach (JsonElement folder in document.RootElement.EnumerateArray())
        {
            if (folder.ValueKind is not JsonValueKind.Object || !folder.TryGetProperty("id", out JsonElement id) || !folder.TryGetProperty("subject", out JsonElement name)) continue;
            if (id.ValueKind is JsonValueKind.String or JsonValueKind.Number && name.ValueKind is JsonValueKind.String) _folders[id.ToString()] = name.GetString()!;
        }
    }

    void ReadValue(JsonText json, int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (depth > MostDepth) throw new DamagedTextException("values stand too deep in each other");
        int ahead = json.Ahead();
        long line = _line = json.Line;
        switch (ahead)
        {
            case '[':
                bool first = true;
                json.Expect('[');
                while (json.NextElement(ref first)) ReadValue(json, depth + 1, cancellationToken);
                break;
            case '{':
                ReadObject(json, line, depth, cancellationToken);
                break;
            default:
                json.Capture(new ByteBuffer());
                if (!_onlyFolders) Other(line, "It is no note.");
                break;
        }
    }

    void ReadObject(JsonText json, long line, int depth, CancellationToken cancellationToken)
    {
        ByteBuffer own = new();
        own.Add((byte)'{');
        bool first = true;
        bool notText = false;
        bool holds = false;
        json.Expect('{');
        while (json.NextMember(ref first))
        {
            int ahead = json.Ahead();
            bool isList = json.Name.SequenceEqual("entries"u8) && ahead == '[';
            if (isList || ((json.Name.SequenceEqual("entry"u8) || json.Name.SequenceEqual("data"u8)) && ahead == '{'))
            {
                holds = true;
                ReadValue(json, depth + 1, cancellationToken);
                _line = line;
                continue;
            }
            bool isFolders = _onlyFolders && ahead == '[' && json.Name.SequenceEqual("folders"u8);
            if (_onlyFolders)
            {
                own.Clear();
                json.Capture(own);
                ReplaceHalves(own);
                if (isFolders) AddFolders(own.Memory);
                continue;
            }
            if (own.Length > 1) own.Add((byte)',');
            JsonString.Write(json.Name, own);
            own.Add((byte)':');
            notText |= json.Capture(own);
            if (own.Length > SourceText.MostText) throw new DamagedTextException($"a note is longer than {SourceText.MostText} bytes");
        }
        own.Add((byte)'}');
        if (holds || _onlyFolders) return;
        notText |= ReplaceHalves(own);
        try
        {
            using JsonDocument document = JsonDocument.Parse(own.Memory);
            if (!take(document.RootElement, _folders))
            {
                Other(line, "It is no note.");
                return;
            }
            Found++;
            account.Keep();
            if (notText) account.NotText(file);
        }
        catch (JsonException)
        {
            Damage(line, "Broken JSON: a value in it is none.");
        }
        catch (DamagedTextException damage)
        {
            Found++;
            Other(line, $"It was not kept: {damage.Message}.");
        }
    }

    void Damage(long line, string reason)
    {
        _damaged = true;
        _others.Add((line, reason));
    }

    void Other(long line, string reason)
    {
        if (_others.Count == Account.MostSkipped) throw new DamagedTextException($"more than {Account.MostSkipped} entries of the file are no notes");
        _others.Add((line, reason));
    }

    // Half of a surrogate pair, which no UTF-8 can hold.
    static bool ReplaceHalves(ByteBuffer json)
    {
        Span<byte> text = json.Writable;
        bool replaced = false;
        for (int at = text.IndexOf((byte)'\\'); at >= 0 && at + 1 < text.Length;)
        {
            bool half = text[at + 1] == 'u' && text[at + 2] == 'd' && text[at + 3] > '7';
            if (half) "fffd"u8.CopyTo(text[(at + 2)..]);
            replaced |= half;
            int next = text[(at + 2)..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : at + 2 + next;
        }
        return replaced;
    }

    string? FirstName()
    {
        using JsonText json = new(file.Open());
        try
        {
            bool first = true;
            return json.Take('{') && json.NextMember(ref first) ? System.Text.Encoding.UTF8.GetString(json.Name) : null;
        }
        catch (Exception damage) when (damage is DamagedTextException or TextEndsException)
        {
            return null;
        }
    }

    bool LooksLikeNotes() => LooksLike("\"isTrashed\""u8) || LooksLike("\"userEditedTimestampUsec\""u8) || LooksLike("\"createdTimestampUsec\""u8)
        || LooksLike("\"modifyDate\""u8, "\"snippet\""u8) || LooksLike("\"modifyDate\""u8, "\"content\""u8)
        || LooksLike("\"createDate\""u8, "\"snippet\""u8) || LooksLike("\"createDate\""u8, "\"content\""u8);

    // By the beginning of the file.
    bool LooksLike(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other = default)
    {
        if (_start is null)
        {
            byte[] start = new byte[1 << 16];
            using Stream stream = file.Open();
            _start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        return _start.AsSpan().IndexOf(name) >= 0 && _start.AsSpan().IndexOf(other) >= 0;
    }
}
