using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Vault;

/// <summary>The JSON of a tree blob: written byte for byte as the format's canonical form, read leniently (vault.md §5).</summary>
static class TreeFile
{
    internal static byte[] Write(IEnumerable<Node> ordered)
    {
        ArrayBufferWriter<byte> output = new(4096);
        output.Write("{\"nodes\":["u8);
        bool first = true;
        foreach (Node node in ordered)
        {
            if (!first) output.Write(","u8);
            first = false;
            WriteNode(output, node);
        }
        output.Write("]}\n"u8);
        return output.WrittenSpan.ToArray();
    }

    // uid and gid are 0; user, group, inode, device and link count stay out: a vault does not describe the machine it came from.
    static void WriteNode(ArrayBufferWriter<byte> output, Node node)
    {
        output.Write("{\"name\":"u8);
        GoText.WriteJson(output, GoText.Quote(node.Name!));
        output.Write(node.Type switch
        {
            NodeType.Directory => ",\"type\":\"dir\""u8,
            NodeType.Symlink => ",\"type\":\"symlink\""u8,
            _ => ",\"type\":\"file\""u8,
        });
        if (node.Mode != 0) Number(output, ",\"mode\":"u8, node.Mode);
        string time = GoTime.Format(node.ModifiedAt);
        Text(output, ",\"mtime\":"u8, time);
        Text(output, ",\"atime\":"u8, time);
        Text(output, ",\"ctime\":"u8, time);
        output.Write(",\"uid\":0,\"gid\":0"u8);
        if (node.Size != 0) Number(output, ",\"size\":"u8, node.Size);
        if (node.LinkTarget.Length != 0) Text(output, ",\"linktarget\":"u8, node.LinkTarget);
        if (node.Type == NodeType.File)
        {
            output.Write(",\"content\":["u8);
            for (int i = 0; i < node.Content.Count; i++)
            {
                if (i > 0) output.Write(","u8);
                Text(output, default, node.Content[i].ToString());
            }
            output.Write("]"u8);
        }
        else
            output.Write(",\"content\":null"u8);
        if (node.Subtree is { } subtree) Text(output, ",\"subtree\":"u8, subtree.ToString());
        output.Write("}"u8);
    }

    static void Text(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> name, string value)
    {
        output.Write(name);
        GoText.WriteJson(output, value);
    }

    static void Number(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> name, ulong value)
    {
        output.Write(name);
        Span<byte> digits = output.GetSpan(20);
        value.TryFormat(digits, out int written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <exception cref="CorruptVaultException">Not a tree.</exception>
    internal static List<Node> Read(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 32 });
            List<Node> nodes = [];
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new CorruptVaultException("a tree is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isNodes = reader.ValueTextEquals("nodes"u8);
                reader.Read();
                if (isNodes && reader.TokenType == JsonTokenType.StartArray)
                    while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) nodes.Add(ReadNode(ref reader));
                else
                    reader.Skip();
            }
            while (reader.Read()) { }
            return nodes;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new CorruptVaultException("a tree is not readable JSON", e);
        }
    }

    static Node ReadNode(ref Utf8JsonReader reader)
    {
        string? name = null, type = null, link = null;
        uint mode = 0;
        ulong size = 0;
        DateTimeOffset modified = DateTimeOffset.UnixEpoch;
        ContentId? subtree = null;
        List<ContentId> content = [];
        byte[]? rawLink = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null) continue;
            switch (field)
            {
                case "name": name = reader.GetString(); break;
                case "type": type = reader.GetString(); break;
                case "mode": mode = reader.GetUInt32(); break;
                case "mtime":
                    if (!GoTime.TryParse(reader.GetString(), out modified)) modified = DateTimeOffset.UnixEpoch;
                    break;
                case "size": size = reader.GetUInt64(); break;
                case "linktarget": link = reader.GetString(); break;
                case "linktarget_raw": rawLink = reader.GetBytesFromBase64(); break;
                case "subtree": subtree = Id(ref reader); break;
                case "content":
                    if (reader.TokenType != JsonTokenType.StartArray) throw new CorruptVaultException("a node's content is not a list");
                    while (reader.Read() && reader.TokenType == JsonTokenType.String) content.Add(Id(ref reader));
                    if (reader.TokenType != JsonTokenType.EndArray) throw new CorruptVaultException("a node's content is not a list of ids");
                    break;
                default: reader.Skip(); break;
            }
        }
        if (name is null || type is null) throw new CorruptVaultException("a node has no name or no type");
        if (!GoText.TryUnquote(name, out byte[] raw)) throw new CorruptVaultException("a node's name is not a quoted string");
        NodeType kind = type switch { "file" => NodeType.File, "dir" => NodeType.Directory, "symlink" => NodeType.Symlink, _ => NodeType.Other };
        Node node = Node.Read(raw, kind, type, mode, modified, rawLink is null ? link ?? "" : Encoding.UTF8.GetString(rawLink));
        (node.Size, node.Content, node.Subtree) = (size, content, subtree);
        return node;
    }

    static ContentId Id(ref Utf8JsonReader reader) =>
        ContentId.TryParse(reader.GetString(), out ContentId id) ? id : throw new CorruptVaultException("a node holds something that is no id");
}
