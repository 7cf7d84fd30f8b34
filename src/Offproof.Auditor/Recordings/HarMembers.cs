using System.Text;
using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>
/// The members of an entry of a HAR that make no message: whoever wrote the recording knew them, and may have put anything there. They are examined as lines <c>member: value</c>, as far as the
/// heads do not hold the same.
/// </summary>
/// <param name="sent">The head of the request, as it was examined.</param>
/// <param name="came">That of the answer; empty where none came.</param>
internal sealed class HarMembers(string sent, string came)
{
    private const int Deepest = 64;
    internal const long MostCompared = 1L << 32; // characters of heads
    internal const int LongestCompared = 4096;

    // What the messages were made of. Headers and cookies are looked at like all others: what the heads hold is passed over.
    private static readonly HashSet<string> Used = new(StringComparer.Ordinal)
    {
        "request.postData.text", "response.content.text", "_webSocketMessages.data",
        // Times, of which a recording has many.
        "startedDateTime", "time", "timings.blocked", "timings.dns", "timings.connect", "timings.send", "timings.wait", "timings.receive", "timings.ssl",
    };

    private long _compared;
    private readonly StringBuilder _client = new();
    private readonly StringBuilder _server = new();
    private readonly string _sent = sent + Plain(sent);

    /// <summary>Looks at an entry and all that is in it.</summary>
    internal void Look(JsonElement entry) => Look(entry, "", 0, isTaken: true, isUsed: false);

    internal void Examine(Recorded recorded)
    {
        if (_client.Length > 0) recorded.Trailer(Sender.Client, _client);
        if (_server.Length > 0) recorded.Trailer(Sender.Server, _server);
    }

    // Taken: of members that stand twice under one name, and of all that they are in, the last.
    private void Look(JsonElement element, string path, int depth, bool isTaken, bool isUsed)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                // Of a name that stands twice, readers take the last.
                Dictionary<string, int> last = new(StringComparer.Ordinal);
                int at = 0;
                foreach (JsonProperty member in element.EnumerateObject()) last[member.Name] = at++;
                at = 0;
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    bool isName = IsName(member.Name);
                    if (!isName) Line(path, member.Name);
                    string part = isName ? member.Name : "?", name = path.Length == 0 ? part : $"{path}.{part}";
                    bool isLast = last[member.Name] == at++ && isTaken;
                    if (depth < Deepest) Look(member.Value, name, depth + 1, isLast, isLast && Used.Contains(name) && (came.Length > 0 || name != "response.content.text"));
                    else Line(path, member.Value.GetRawText());
                }
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    if (depth < Deepest) Look(item, path, depth + 1, isTaken, isUsed: false);
                    else Line(path, item.GetRawText());
                }
                break;
            case JsonValueKind.String when !isUsed:
                Line(path, element.GetString()!);
                break;
            case JsonValueKind.Number when !isUsed:
                Line(path, element.GetRawText());
                break;
        }
    }

    private static bool IsName(string name) => name.Length <= 32 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private void Line(string path, string value)
    {
        if (value.Length == 0) return;
        bool isAnswer = path.StartsWith("response", StringComparison.Ordinal);
        // What is not compared any more is examined once more.
        _compared += _sent.Length + came.Length;
        if (value.Length <= LongestCompared && _compared <= MostCompared && ((isAnswer ? came : _sent).Contains(value, StringComparison.Ordinal) || (path.Length > 0 && !isAnswer && !path.StartsWith("request", StringComparison.Ordinal) && came.Contains(value, StringComparison.Ordinal)))) return;
        (isAnswer ? _server : _client).Append(path.Length <= 64 ? path : path[..64]).Append(": ").Append(value.ReplaceLineEndings(" ")).Append("\r\n");
    }

    // The parts of an address are recorded once more without its escapes.
    private static string Plain(string head)
    {
        string line = head[..(head.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? end : head.Length)];
        return line.Contains('%', StringComparison.Ordinal) || line.Contains('+', StringComparison.Ordinal) ? Uri.UnescapeDataString(line) + Uri.UnescapeDataString(line.Replace('+', ' ')) : "";
    }
}

/// <summary>What stands beside the entries of a HAR: kept until these were read, for flows are numbered by their entries.</summary>
internal sealed class HarRest
{
    private const int MostKept = 16 << 20;

    private readonly List<byte[]> _values = [];
    private long _kept;
    private long _notKept;

    /// <summary>Chrome wrote it.</summary>
    internal bool IsOfChrome { get; private set; }

    internal void Add(string name, ReadOnlySpan<byte> value, long notKept)
    {
        _notKept += notKept;
        IsOfChrome |= name.EndsWith("creator", StringComparison.Ordinal) && value.IndexOf("\"WebInspector\""u8) >= 0;
        if (value.IsEmpty) return;
        if (_kept + value.Length > MostKept)
        {
            _notKept += value.Length;
            return;
        }
        _kept += value.Length;
        _values.Add([.. Encoding.UTF8.GetBytes(name), .. ": "u8, .. value]);
    }

    internal void Examine(int number, Protocols protocols, NewFlow newFlow)
    {
        if (_values.Count == 0 && _notKept == 0) return;
        Flow flow = newFlow("har", Recorded.End(null, 0), Recorded.End(null, 0));
        flow.Remark("what the recording says of itself");
        Recorded recorded = new(protocols, flow, number);
        foreach (byte[] value in _values) recorded.Body(Sender.Client, value, default);
        flow.Count(Sender.Client, ByteKind.Opaque, _notKept);
    }
}
