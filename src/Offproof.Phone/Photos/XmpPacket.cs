using System.Globalization;
using System.Xml;

namespace Offproof.Phone;

/// <summary>The few properties of an XMP packet that matter here, as attributes or as elements. Source: ISO 16684-1; Motion Photo format 1.0.</summary>
sealed class XmpPacket
{
    const string ExifSpace = "http://ns.adobe.com/exif/1.0/";
    const string TiffSpace = "http://ns.adobe.com/tiff/1.0/";
    const string CameraSpace = "http://ns.google.com/photos/1.0/camera/";
    const string ItemSpace = "http://ns.google.com/photos/1.0/container/item/";
    const int MaxItems = 64;

    internal string? DateTimeOriginal { get; private set; }
    internal int? Orientation { get; private set; }

    /// <summary>Bytes from the start of the appended video to the end of the file, or null.</summary>
    internal long? VideoFromEnd { get; private set; }

    /// <summary>Bytes of the video itself, or null when it lasts to the end of the file.</summary>
    internal long? VideoLength { get; private set; }

    /// <exception cref="XmlException">It is not XML, or it declares entities.</exception>
    internal static XmpPacket Read(byte[] packet)
    {
        XmpPacket result = new();
        bool microVideo = false, motionPhoto = false;
        long? microOffset = null;
        List<Item> items = [];
        XmlReaderSettings settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true };
        // Packets are often padded with zero bytes, which no XML reader accepts.
        int length = packet.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        using XmlReader reader = XmlReader.Create(new MemoryStream(packet, 0, length, writable: false), settings);
        (string Space, string Name)? element = null;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                element = (reader.NamespaceURI, reader.LocalName);
                // Each item of the directory carries its properties as attributes of one element, or as elements that follow it.
                if (reader is { LocalName: "Item", NamespaceURI: "http://ns.google.com/photos/1.0/container/" } && items.Count < MaxItems) items.Add(new Item());
                while (reader.MoveToNextAttribute()) Property(reader.NamespaceURI, reader.LocalName, reader.Value);
                reader.MoveToElement();
                if (reader.IsEmptyElement) element = null;
            }
            else if (reader.NodeType == XmlNodeType.EndElement)
            {
                element = null;
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && element is { } parent)
            {
                Property(parent.Space, parent.Name, reader.Value.Trim());
            }
        }

        int video = items.FindIndex(item => item.Semantic is "MotionPhoto");
        if (motionPhoto && video > 0 && items[video].Length > 0)
        {
            long after = 0;
            foreach (Item item in items.Skip(video + 1)) after = Add(after, Add(item.Length, item.Padding));
            result.VideoLength = items[video].Length;
            result.VideoFromEnd = Add(Add(items[video].Length, items[video].Padding), after);
        }
        else if (microVideo && microOffset > 0)
        {
            result.VideoFromEnd = microOffset;
        }
        return result;

        void Property(string space, string name, string value)
        {
            switch (space, name)
            {
                case (ExifSpace, "DateTimeOriginal"): result.DateTimeOriginal ??= value; break;
                case (TiffSpace, "Orientation"): result.Orientation ??= Number(value) is >= 1 and <= 8 and { } o ? (int)o : null; break;
                case (CameraSpace, "MotionPhoto"): motionPhoto = Number(value) == 1; break;
                case (CameraSpace, "MicroVideo"): microVideo = Number(value) == 1; break;
                case (CameraSpace, "MicroVideoOffset"): microOffset = Number(value); break;
                case (ItemSpace, "Semantic") when items.Count > 0: items[^1].Semantic = value; break;
                case (ItemSpace, "Length") when items.Count > 0: items[^1].Length = Number(value) ?? 0; break;
                case (ItemSpace, "Padding") when items.Count > 0: items[^1].Padding = Number(value) ?? 0; break;
            }
        }
    }

    static long? Number(string value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>A sum that stops at the largest number: such a claim is longer than any file.</summary>
    static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    sealed class Item
    {
        internal string Semantic = "";
        internal long Length;
        internal long Padding;
    }
}
