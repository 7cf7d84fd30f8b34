namespace Offproof.Auditor;

/// <summary>What persona.json says (persona.md §2), as far as something can be searched for it. Members that are absent are empty.</summary>
internal sealed class Persona
{
    /// <summary>The strings of <c>identifiers</c>, by their member.</summary>
    internal Dictionary<string, string> Identifiers { get; } = new(StringComparer.Ordinal);

    internal Position? Home { get; set; }

    internal List<Contact> Contacts { get; } = [];

    internal List<Message> Messages { get; } = [];

    internal List<Note> Notes { get; } = [];

    internal List<Photo> Photos { get; } = [];

    internal readonly record struct Position(decimal Latitude, decimal Longitude);

    internal sealed class Contact
    {
        internal string? Canary, DisplayName, Family, Given, Nickname, Organization, Url, Note;
        internal readonly List<string> Phones = [], Emails = [], Streets = [];
        internal Attachment? Photo;
    }

    internal sealed class Message
    {
        internal string? Canary, Subject, Body;
        internal readonly List<string> Addresses = [];
        internal readonly List<Attachment> Parts = [];
    }

    internal sealed class Note
    {
        internal string? Canary, Title, Text;
        internal readonly List<string> Items = [];
        internal readonly List<Attachment> Attachments = [];
    }

    internal sealed class Attachment
    {
        internal string? Name, ContentType, Path;
        internal byte[]? Sha256;
        internal long Bytes;
    }

    internal sealed class Photo
    {
        internal string? Path, Taken, Model;
        internal byte[]? Sha256;
        internal long Bytes;
        internal Position? Position;
    }
}

/// <summary>persona.json cannot be used; the message says why and what to do.</summary>
internal sealed class PersonaException(string message) : Exception(message);
