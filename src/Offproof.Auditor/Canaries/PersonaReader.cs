using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>Reads persona.json (persona.md §2). Whoever wrote it: members may be missing, null, of another type, or unknown.</summary>
internal static class PersonaReader
{
    internal const int LargestFile = 256 << 20;

    const int LongestText = 1 << 20;

    delegate void Member(ref Utf8JsonReader json, string name);

    delegate void Item(ref Utf8JsonReader json);

    /// <exception cref="PersonaException">It is no JSON, of another schema, or larger than 256 MiB.</exception>
    internal static Persona Read(Stream stream)
    {
        byte[] bytes = ReadAll(stream);
        ReadOnlySpan<byte> text = bytes;
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        Utf8JsonReader json = new(text, new JsonReaderOptions { MaxDepth = 64 });
        Persona persona = new();
        string? schema = null;
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new PersonaException("the persona is not a JSON object");
            Members(ref json, (ref Utf8JsonReader json, string name) =>
            {
                switch (name)
                {
                    case "schema": schema = Text(ref json); break;
                    case "identifiers": Members(ref json, (ref Utf8JsonReader json, string name) => Identifier(ref json, name, persona)); break;
                    case "contacts": Items(ref json, (ref Utf8JsonReader json) => persona.Contacts.Add(Contact(ref json))); break;
                    case "messages": Items(ref json, (ref Utf8JsonReader json) => persona.Messages.Add(Message(ref json))); break;
                    case "notes": Items(ref json, (ref Utf8JsonReader json) => persona.Notes.Add(Note(ref json))); break;
                    case "photos": Items(ref json, (ref Utf8JsonReader json) => persona.Photos.Add(Photo(ref json))); break;
                    default: json.Skip(); break;
                }
            });
            if (json.Read()) throw new PersonaException("something follows the persona's JSON object");
        }
        catch (JsonException e)
        {
            throw new PersonaException($"the persona is not JSON (line {(e.LineNumber ?? 0) + 1})");
        }
        if (schema is not "offproof/v1/persona") throw new PersonaException(schema is null ? "the persona has no schema; offproof/v1/persona is read" : "the persona has another schema; offproof/v1/persona is read");
        return persona;
    }

    static byte[] ReadAll(Stream stream)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (all.Length + read > LargestFile) throw new PersonaException("the persona is larger than 256 MiB");
            all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }

    static void Identifier(ref Utf8JsonReader json, string name, Persona persona)
    {
        if (name is "gps") persona.Home = Position(ref json);
        else if (Text(ref json) is { Length: > 0 } value) persona.Identifiers[name] = value;
    }

    static Persona.Contact Contact(ref Utf8JsonReader json)
    {
        Persona.Contact contact = new();
        Members(ref json, (ref Utf8JsonReader json, string name) =>
        {
            switch (name)
            {
                case "canary": contact.Canary = Text(ref json); break;
                case "displayName": contact.DisplayName = Text(ref json); break;
                case "nickname": contact.Nickname = Text(ref json); break;
                case "organization": contact.Organization = Text(ref json); break;
                case "url": contact.Url = Text(ref json); break;
                case "note": contact.Note = Text(ref json); break;
                case "photo": contact.Photo = Attachment(ref json); break;
                case "phones": Items(ref json, (ref Utf8JsonReader json) => One(ref json, "value", contact.Phones)); break;
                case "emails": Items(ref json, (ref Utf8JsonReader json) => One(ref json, "value", contact.Emails)); break;
                case "addresses": Items(ref json, (ref Utf8JsonReader json) => One(ref json, "street", contact.Streets)); break;
                case "name":
                    Members(ref json, (ref Utf8JsonReader json, string name) =>
                    {
                        string? text = Text(ref json);
                        if (name is "family") contact.Family = text;
                        else if (name is "given") contact.Given = text;
                    });
                    break;
                default: json.Skip(); break;
            }
        });
        return contact;
    }

    static Persona.Message Message(ref Utf8JsonReader json)
    {
        Persona.Message message = new();
        Members(ref json, (ref Utf8JsonReader json, string name) =>
        {
            switch (name)
            {
                case "canary": message.Canary = Text(ref json); break;
                case "subject": message.Subject = Text(ref json); break;
                case "body": message.Body = Text(ref json); break;
                case "addresses": Items(ref json, (ref Utf8JsonReader json) => Keep(Text(ref json), message.Addresses)); break;
                case "parts": Items(ref json, (ref Utf8JsonReader json) => Keep(Attachment(ref json), message.Parts)); break;
                default: json.Skip(); break;
            }
        });
        return message;
    }

    static Persona.Note Note(ref Utf8JsonReader json)
    {
        Persona.Note note = new();
        Members(ref json, (ref Utf8JsonReader json, string name) =>
        {
            switch (name)
            {
                case "canary": note.Canary = Text(ref json); break;
                case "title": note.Title = Text(ref json); break;
                case "text": note.Text = Text(ref json); break;
                case "items": Items(ref json, (ref Utf8JsonReader json) => One(ref json, "text", note.Items)); break;
                case "attachments": Items(ref json, (ref Utf8JsonReader json) => Keep(Attachment(ref json), note.Attachments)); break;
                default: json.Skip(); break;
            }
        });
        return note;
    }

    static Persona.Photo Photo(ref Utf8JsonReader json)
    {
        Persona.Photo photo = new();
        Members(ref json, (ref Utf8JsonReader json, string name) =>
        {
            switch (name)
            {
                case "path": photo.Path = Text(ref json); break;
                case "sha256": photo.Sha256 = Sha256(Text(ref json)); break;
                case "bytes": photo.Bytes = Whole(ref json); break;
                case "taken": photo.Taken = Text(ref json); break;
                case "model": photo.Model = Text(ref json); break;
                case "gps": photo.Position = Position(ref json); break;
                default: json.Skip(); break;
            }
        });
        return photo;
    }

    static Persona.Attachment? Attachment(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }
        Persona.Attachment attachment = new();
        Members(ref json, (ref Utf8JsonReader json, string name) =>
        {
            switch (name)
            {
                case "name": attachment.Name = Text(ref json); break;
                case "contentType": attachment.ContentType = Text(ref json); break;
                case "path": attachment.Path = Text(ref json); break;
                case "sha256": attachment.Sha256 = Sha256(Text(ref json)); break;
                case "bytes": attachment.Bytes = Whole(ref json); break;
                default: json.Skip(); break;
            }
        });
        return attachment;
    }

    static Persona.Position? Position(ref Utf8JsonReader json)
    {
        decimal? latitude = null, longitude = null;
        Members(ref json, (ref Utf8JsonReader json, string name) =>
        {
            if (name is "lat") latitude = Degrees(ref json, 90);
            else if (name is "lon") longitude = Degrees(ref json, 180);
            else json.Skip();
        });
        return latitude is { } lat && longitude is { } lon ? new(lat, lon) : null;
    }

    static decimal? Degrees(ref Utf8JsonReader json, int most)
    {
        if (json.TokenType == JsonTokenType.Number && json.TryGetDecimal(out decimal value) && Math.Abs(value) <= most) return Math.Round(value, 6);
        json.Skip();
        return null;
    }

    static byte[]? Sha256(string? hex)
    {
        byte[] hash = new byte[32];
        return hex is { Length: 64 } && Convert.FromHexString(hex, hash, out _, out int written) == System.Buffers.OperationStatus.Done && written == 32 ? hash : null;
    }

    static void One(ref Utf8JsonReader json, string member, List<string> into) =>
        Members(ref json, (ref Utf8JsonReader json, string name) =>
        {
            if (name == member) Keep(Text(ref json), into);
            else json.Skip();
        });

    static void Keep<T>(T? value, List<T> into) where T : class
    {
        if (value is not null and not "") into.Add(value);
    }

    // A lone surrogate is valid in JSON's grammar and no text: such a value is not searched.
    static string? Text(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String || json.ValueSpan.Length > LongestText)
        {
            json.Skip();
            return null;
        }
        return Decoded(ref json);
    }

    static string? Decoded(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    static long Whole(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long value) && value >= 0) return value;
        json.Skip();
        return 0;
    }

    static void Members(ref Utf8JsonReader json, Member member)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.ValueSpan.Length <= 32 ? Decoded(ref json) ?? "" : "";
            json.Read();
            member(ref json, name);
        }
    }

    static void Items(ref Utf8JsonReader json, Item item)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray) item(ref json);
    }
}
