namespace Offproof.Phone;

/// <summary>Kinds of media: 3.0 says TYPE=JPEG, 4.0 image/jpeg (contacts.md §4.3).</summary>
static class CardMedia
{
    static readonly (string Property, string Type, string Media)[] Known =
    [
        ("PHOTO", "JPEG", "image/jpeg"), ("PHOTO", "JPG", "image/jpeg"), ("PHOTO", "PNG", "image/png"), ("PHOTO", "GIF", "image/gif"), ("PHOTO", "WEBP", "image/webp"), ("PHOTO", "BMP", "image/bmp"),
        ("PHOTO", "TIFF", "image/tiff"), ("PHOTO", "HEIC", "image/heic"), ("PHOTO", "AVIF", "image/avif"),
        ("SOUND", "BASIC", "audio/basic"), ("SOUND", "WAVE", "audio/wav"), ("SOUND", "AAC", "audio/aac"), ("SOUND", "MP3", "audio/mpeg"), ("SOUND", "OGG", "audio/ogg"),
        ("KEY", "PGP", "application/pgp-keys"), ("KEY", "X509", "application/x-x509-user-cert"),
    ];

    /// <summary>Values of these are files, or addresses of files.</summary>
    internal static bool IsFile(CardProperty property) => property.Is("PHOTO") || property.Is("LOGO") || property.Is("SOUND") || property.Is("KEY");

    /// <summary>The TYPE of a property that names a kind of media, and that media type.</summary>
    internal static (string? Type, string? Media) OfType(CardProperty property)
    {
        string name = Name(property);
        foreach (string type in property.All("TYPE"))
        {
            foreach ((string known, string word, string media) in Known)
            {
                if (known == name && word.Equals(type, StringComparison.OrdinalIgnoreCase)) return (type, media);
            }
        }
        return (null, null);
    }

    /// <summary>What 3.0 calls a media type, or null.</summary>
    internal static string? TypeOf(CardProperty property, string media)
    {
        string name = Name(property);
        foreach ((string known, string word, string type) in Known)
        {
            if (known == name && type.Equals(media, StringComparison.OrdinalIgnoreCase)) return word;
        }
        return null;
    }

    /// <summary>What the first bytes of a picture say.</summary>
    internal static string? OfContent(string base64)
    {
        foreach ((string start, string media) in (ReadOnlySpan<(string, string)>)[("/9j/", "image/jpeg"), ("iVBORw0KGgo", "image/png"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp")])
        {
            if (base64.StartsWith(start, StringComparison.Ordinal)) return media;
        }
        return null;
    }

    static string Name(CardProperty property) => property.Is("LOGO") ? "PHOTO" : property.Name.ToUpperInvariant();
}
