namespace Offproof.Fuzz;

/// <summary>A reader of hostile bytes, and how to get at it.</summary>
/// <param name="Name">What a person types, and the name of its folder of seeds.</param>
/// <param name="Reads">One line.</param>
/// <param name="Fast">Reads in memory, throws when something is wrong, returns what was said: a new answer makes an input worth keeping.</param>
/// <param name="Whole">Every check, with files; asked of one input in a thousand. Null where there is no more to check.</param>
/// <param name="Vectors">Folders and endings of the vectors that are seeds too: <c>vectors/phone/messages/xml/*.xml</c>.</param>
/// <param name="Words">Pieces that mean something to it.</param>
/// <param name="Wrap">Makes of an input the file that is read, where a checksum would stop every change; null where the input is the file.</param>
sealed record Reader(string Name, string Reads, Func<byte[], string> Fast, Action<byte[]>? Whole, string[] Vectors, string[] Words, Func<byte[], byte[]>? Wrap = null)
{
    static readonly string[] XmlWords = ["<", ">", "\"", "'", "/>", "<sms ", "<mms ", "</mms>", "<smses ", "</smses>", "<parts>", "<part ", "</parts>", "<addrs>", "<addr ", " data=\"", " text=\"", " body=\"", " address=\"", " ct=\"text/plain\"", " kind=\"",
        "&#", "&#55357;", "&#56832;", "&#0;", "&#65535;", "&#x10FFFF;", "&amp;", "&lt;", "null", "\"null\"", "~", "\r\n", "\0", "<!--", "-->", "]]>", "<![CDATA[", "<!DOCTYPE ", "<?xml ", "?>", "encoding=", "date=\"99999999999\"", "\uFEFF", "=", "+", "\u00ff"];

    static readonly string[] JsonWords = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "null", "true", "1e9", "\\u0000", "\\ud83d", "\\ude00", "\"__parts\":[", "\"__sender_address\":{", "\"__recipient_addresses\":[", "\"kind\":\"mms\"", "\"kind\":\"sms\"", "\"m_type\":\"132\"",
        "\"msg_box\":\"1\"", "\"_data\":\"/PART_1\"", "\"data\":\"", "\"binary_data\":\"QUJD\"", "\"date\":\"99999999999\"", "\"~", "\"addrs\":[", "\"parts\":[", "\uFEFF", "\u2028", "\u00ff"];

    static readonly string[] CardWords = ["BEGIN:VCARD\r\n", "END:VCARD\r\n", "VERSION:2.1\r\n", "VERSION:4.0\r\n", ";ENCODING=QUOTED-PRINTABLE:", "=\r\n", "=3B=0D=0A", ";CHARSET=Shift_JIS", ";BASE64:", ";ENCODING=b:", "PHOTO;", "\r\n\r\n", "\r\n ", "AGENT:\r\n",
        "item1.X-ABLabel:", ";TYPE=\"a,b:c\"", ";TYPE=pref", ";PREF=1", "X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;", "N:;;;;\r\n", "UID:", "REV:20240102T030405Z", "BDAY:--0102", "LABEL:", "\\;", "\\n", "\uFEFF", "\0", "\u00ff"];

    static readonly string[] NoteWords = ["{", "}", "[", "]", ",", ":", "\"", "\\n", "\\ud83d", "null", "true", "\"isTrashed\":false", "\"textContent\":\"", "\"listContent\":[{\"text\":\"a\",\"isChecked\":true}]", "\"title\":\"", "\"attachments\":[{\"filePath\":\"1.png\"}]", "\"userEditedTimestampUsec\":1690425909718000",
        "\"entry\":{", "\"entries\":[", "\"content\":\"", "\"snippet\":\"", "\"modifyDate\":1690425909718", "\"extraInfo\":\"{\\\"title\\\":\\\"a\\\"}\"", "<text indent=\\\"1\\\">", "</text>", "<input type=\\\"checkbox\\\" checked=\\\"true\\\" />", "<img fileid=\\\"1.2\\\" />", "<b>", "</b>", "<sound fileid=\\\"", "☺ ", "../", "\uFEFF", "\u00ff"];

    static readonly string[] ZipWords = ["PK\u0001\u0002", "PK\u0003\u0004", "PK\u0005\u0006", "PK\u0006\u0006", "PK\u0006\u0007", "messages.ndjson", "data/", "\0\0\0\0", "\u0001\0", .. JsonWords];

    static readonly string[] TlsWords = ["\u0016\u0003\u0003", "\u0017\u0003\u0003\0\u0020", "\u0014\u0003\u0003\0\u0001\u0001", "\u0015\u0003\u0003\0\u0002\u0001\0", "\u0001\0\0\u0040\u0003\u0003", "\u0002\0\0\u0046\u0003\u0003", "\0\u0010\0\u0005\0\u0003\u0002h2",
        "\0\0\0\n\0\u0008\0\0\u0005a.com", "\0\u002b\0\u0002\u0003\u0004", "\u0013\u0001", "\u0010\0\0\u0004", "\u0018\0\0\u0001\0", "\u00ff\u00ff", "\0\0"];
    static readonly string[] PacketWords = ["\u0008\0E\0", "\u0081\0\0\u0001\u0008\0", "E\0\0(", "E\0\0\u001c\0\u0001 \0@\u0011", "E\0\0\u001c\0\u0001\0\u0001@\u0011", "`\0\0\0\0\u0008\u0011@", "`\0\0\0\0\u0010,@", "@\u0004", "@\u0006", "P\u0002", "P\u0010", "P\u0018", "P\u0011", "P\u0004", "\0\0", "\u0001\0", "\0\u0001"];
    static readonly string[] ExamineWords = ["%2E", "%u0041", "%25", "\\u0041", "\\x1f\\x8b", "\\\"", "&#65;", "&#x1F600;", "&amp;", "=41=42", "=\r\n", "=3D", "H4sIAAAA", "\u001f\u008b\u0008", "(\u00b5/\u00fd", "PK\u0003\u0004", "bplist00", "--x7\r\n", "\r\n\r\n", "\u00a1a", "\u0081\u00a1a",
        "jonas.fairweather.a652e3@example.org", "am9uYXMu", "6A6F6E61", "NJXW4YLT", "\0j\0o", "j\0o\0", "{\"a\":\"", "a=", "&b=", "+", "\u00ff\u00fe", "\0\0\0\0\u0005"];
    static readonly string[] HttpWords = ["GET / HTTP/1.1\r\n", "HEAD /a HTTP/1.1\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 101 x\r\n", "HTTP/1.0 304 x\r\n\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "Upgrade: websocket\r\n", "Upgrade: h2c\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate\r\n", "\r\n\r\n", "\n\n", "\r\n", "\n ", "5;a=b\r\nhello\r\n", "0\r\n\r\n", "0\r\nA: b\r\n\r\n", "ffffffffffffffff\r\n", "\u00f8\u0010", "\u00f8\u0003", "\u00f8\0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"];

    internal static readonly IReadOnlyList<Reader> All =
    [
        new("sms-xml", "SMS Backup & Restore", MessageFuzz.Import, bytes => MessageFuzz.Run(bytes), ["vectors/phone/messages/xml/*.xml"], XmlWords),
        new("sms-zip", "SMS Import/Export 2, the ZIP", MessageFuzz.Import, bytes => MessageFuzz.Run(bytes), ["vectors/phone/messages/v2/*.zip"], ZipWords),
        new("sms-zip-lines", "SMS Import/Export 2, the lines in an intact ZIP", MessageFuzz.Import, bytes => MessageFuzz.Run(bytes), ["vectors/phone/messages/v2/tree/*.ndjson"], JsonWords, Wrapping.Zip),
        new("sms-json", "SMS Import/Export 1", MessageFuzz.Import, bytes => MessageFuzz.Run(bytes), ["vectors/phone/messages/v1/*.json"], JsonWords),
        new("sms-encrypted", "SMS Import/Export, encrypted", MessageFuzz.Import, bytes => MessageFuzz.Run(bytes), ["vectors/phone/messages/v2/*.ssef"], ["SSEF\0", "\0\u0001", "\0\0\0\u0001", "\0\0\0@", .. ZipWords]),
        new("sms-tree", "the stored tree, for an export", MessageFuzz.Tree, bytes => MessageFuzz.Run(bytes), ["vectors/phone/messages/xml/tree/*.ndjson", "vectors/phone/messages/v2/tree/*.ndjson"], JsonWords),
        new("takeout-sidecar", "the JSON beside a photo of Takeout", PhotoFuzz.Sidecar, null, [], ["{", "}", "\"", ":", "\"photoTakenTime\":", "\"timestamp\":", "\"geoData\":", "\"latitude\":", "1e400", "-0", "253402300799", "null", "\\ud83d"]),
        new("photo-facts", "EXIF, XMP and HEIF", PhotoFuzz.Picture, null, [], ["Exif\0\0", "MM\0*", "II*\0", "\u0087i", "\u0088%", "ftypheic", "meta", "iinf", "infe", "iloc", "idat", "mime", "http://ns.adobe.com/xap/1.0/\0", "2024:05:06 07:08:09", "-03:00", "MotionPhoto", "MicroVideoOffset=\"",
            "9223372036854775807", "IEND", "eXIf", "RIFF", "WEBPEXIF"]),
        new("vcard", "vCard 2.1, 3.0 and 4.0", ContactFuzz.Import, ContactFuzz.Run, ["vectors/phone/contacts/*.vcf"], CardWords),
        new("notes-json", "Google Keep and Xiaomi", NoteFuzz.Import, bytes => NoteFuzz.Run(bytes), ["vectors/phone/notes/*.json"], NoteWords),
        new("examine", "what protocols carried, layer by layer", ExamineFuzz.Read, null, ["vectors/audit/disguises/*.bin"], ExamineWords),
        new("notes-tree", "the front matter of a stored note", NoteFuzz.Front, bytes => NoteFuzz.Run(bytes), ["vectors/phone/notes/*.md"], ["---\n", "offproof: 1\n", "source: \"keep\"\n", "path: \"", "title: \"", "labels:\n", "  - \"", "attachments:\n", "extra: \"{", "\\u0000", "\\ud83d", "\\\"", ": ", "../", "/", "\r\n", "\uFEFF", "\0", "\u00ff"]),
        new("tls", "TLS, both directions with their key log", TlsFuzz.Streams, null, [], TlsWords),
        new("keylog", "key logs", TlsFuzz.Keys, null, ["vectors/audit/tls/*.keys"], ["CLIENT_RANDOM ", "RSA Session-ID:", " Master-Key:", "RSA ", "CLIENT_TRAFFIC_SECRET_0 ", "PMS_CLIENT_RANDOM ", "EXPORTER_SECRET ", "#", " ", "\n", "\r\n", "\\\n", "00", "Ff", "\uFEFF", "\0"]),
        new("quic", "the first packets of QUIC", TlsFuzz.Datagrams, null, [], ["\0\0\0\u0001", "k3C\u00cf", "\0\0\0\0", "\u0006\0\u0040", "\u0006\u0040\u0001", "\u0002\0\0\0\0", "\u001c\0\0\u0005", .. TlsWords]),
        new("pcap", "captures of libpcap, and their packets", CaptureFuzz.File, null, ["vectors/audit/packets/*.pcap"], PacketWords),
        new("pcapng", "captures of Wireshark, and their packets", CaptureFuzz.File, null, ["vectors/audit/packets/*.pcapng"], ["\n\u000d\u000d\n\u001c\0\0\0M<+\u001a", "\n\u000d\u000d\n\0\0\0\u001c\u001a+<M", "\u0001\0\0\0\u0014\0\0\0", "\u0006\0\0\0", "\u0003\0\0\0", "\u0005\0\0\0", "\n\0\0\0", "KSLT", "\t\0\u0001\0\u0009\0\0\0", .. PacketWords]),
        new("compare", "pairs of captures, side by side", CompareFuzz.Read, null, ["vectors/lab/*.a.pcap"], ["\nCUT\n", "\r\nCookie: a=b; c=d", "{\"a\":[1,{\"b\":null}]}", "a=b&c=d", "\u001f\u008b\u0008", "ETag: x\r\n", .. PacketWords]),
        new("packets", "packets, from the link to TCP", CaptureFuzz.Packets, null, [], PacketWords),
        new("tcp", "segments in any order", CaptureFuzz.Stream, null, [], ["\0\0\0\u0010", "\0\0\u0010\u0010", "\0\u0010\0\u0020", "~\0\0\u0010", "\0\u0003\0\u0008"]),
        new("persona", "the auditor's reader of persona.json, and the search for its forms in it", CanaryFuzz.Persona, null, ["vectors/audit/forms/persona.json"], ["\"schema\":\"offproof/v1/persona\"", "\"identifiers\":{", "\"imei\":\"", "\"mac\":\"", "\"phone\":\"+", "\"gps\":{\"lat\":-0,\"lon\":180}", "\"lat\":90.0000001",
            "\"sha256\":\"", "\"path\":\"../", "\"taken\":\"2024-02-21T06:52:11+09:00\"", "1e28", "-1e-28", "\\ud800", "\u00e9", .. JsonWords]),
        new("search", "the search for forms, whose every hit is undone again", CanaryFuzz.Search, null, ["vectors/audit/forms/*.*"], ["+44 (0)7700 900-123", "447700900123", "21.267143", "-157.8125", "2116.0286", "Z2Fzb3BhdG9iYW5lc29iZQ", "ebosenabotapos", "001017981670485", "gasopatobanesobe", "\0g\0a\0s\0o"]),
        new("http1", "any stream: HTTP/1, and what it becomes", ConversationFuzz.Http, null, [], HttpWords),
        new("websocket", "the frames of a WebSocket", ConversationFuzz.Sockets, null, [], ["\u0081\u0005", "\u0001\u0003", "\u0080\u0003", "\u00c1\u0007", "\u0041\u0007", "\u0089\u0004", "\u0088\u0002\u0003\u00e8", "\u0081\u0085", "\u0082\u007e\u0001\0", "\u0082\u007f\0\0\0\0\0\u0001\0\0", "\u00f2\u0048\u00cd\u00c9\u00c9\u0007\0", "\u00f8\u0010", "\u00f8\u0003"]),
        new("http2", "the frames of HTTP/2, and HPACK", ConversationFuzz.Two, null, [], ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\u0004\0\0\0\0\0", "\0\0\u0005\0\u0001\0\0\0\u0001hello", "\0\0\u0003\u0001\u0005\0\0\0\u0001\u0082\u0086\u0084", "\0\0\u0001\u0009\u0004\0\0\0\u0001\u0088", "\u003f\u00e1\u001f", "\u0020", "\u00be", "\u0040\u0001a\u0001b",
            "\u0041\u008c\u00f1\u00e3\u00c2\u00e5\u00f2\u003a\u006b\u00a0\u00ab\u0090\u00f4\u00ff", "\0\0\u0004\u0003\0\0\0\0\u0001\0\0\0\u0008", "\u005f\u0010application/grpc", "\0\0\0\0\u0005first", "\u00f8\u0010", "\u00f8\u0003"]),
        new("dns", "DNS, DHCP and NTP as datagrams, and DNS over TCP", ConversationFuzz.Dns, null, [], ["\u00c0\u000c", "\u0003www\u0007example\u0003org\0", "\0\u0010\0\u0001\0\0\0\u0001\0\u0005\u0004text", "\0\u0021\0\u0001", "\0\u0029\u0010\0\0\0\0\0\0\u0008\0\u000a\0\u0004cook", "\u003f", "\u0040", "\u00ff", "\0\u0006\0\u0001", "\u00f8\u0010"]),
        new("rdap", "answers of registries, and IANA's lists", ReceiverFuzz.Rdap, null, ["vectors/audit/receivers/rdap/*.json", "vectors/audit/receivers/case/*.json"], ["\"objectClassName\":\"ip network\"", "\"startAddress\":\"", "\"endAddress\":\"", "\"ipVersion\":\"v6\"", "\"cidr0_cidrs\":[{\"v4prefix\":\"192.0.2.0\",\"length\":24}]", "\"roles\":[\"registrant\"]", "\"vcardArray\":[\"vcard\",[[\"fn\",{},\"text\",\"A\"]]]",
            "\"autnum\"", "\"startAutnum\":4294967295", "::/0", "255.255.255.255", "\"services\":[[[\"1.0.0.0/8\"],[\"https://a/\"]]]", "\"errorCode\":429", "\"eventAction\":\"last update of RDAP database\"", "9999-12-31T23:59:59Z", .. JsonWords]),
        new("sources", "statistics of registries and tables of routes", ReceiverFuzz.Lines, null, ["vectors/audit/receivers/case/delegated-*0801", "vectors/audit/receivers/case/*.csv"], ["2.3|apnic|1|1|19830613|20260731|+1000\n", "apnic|CN|ipv4|42.62.0.0|32768|20110222|allocated|A\n", "apnic|JP|ipv6|2001:db8::|32|19990813|assigned\n", "|summary\n", "network,autonomous_system_number\n", "192.0.2.0\t24\t1_2\n",
            "192.0.2.0\t192.0.2.255\t64496\tAU\tN\n", "3221225984,3221226239,0\n", "/0,", "/128,", "\"a,b\"", "AS4294967295", "255.255.255.255", "::ffff:192.0.2.7", "\t", ";", "|", "#", "\u00ef\u00bb\u00bf", "\r\n"]),
        new("mmdb", "the data and the trees of MaxMind DBs", ReceiverFuzz.Data, ReceiverFuzz.Database, ["vectors/audit/receivers/mmdb/*.mmdb"], ["\u00ab\u00cd\u00efMaxMind.com", "\u00e1Aa", "\u0020\0", "\u003f\u00ff\u00ff\u00ff\u00ff", "\u001f\u0004\u00ff\u00ff\u00ff", "\u00c4\u00ff\u00ff\u00ff\u00ff", "Jnode_count", "Krecord_size", "Jip_version"]),
        new("certificate", "certificates and their messages in TLS", ReceiverFuzz.Certificate, null, [], ["\u0030\u0082", "\u0030\u0080", "\u00a0\u0003\u0002\u0001\u0002", "\u00a3", "\u0006\u0003\u0055\u0004\u0003", "\u0006\u0003\u0055\u0004\u000a", "\u0006\u0003\u0055\u001d\u0011", "\u0082\u0005a.com", "\u0004\u0082", "\u0031", "\u001e\u0004\0a\0b"]),
        new("log-note", "checkpoints, requests to a witness, trust.json and keys of a log", LogFuzz.Notes, null, ["vectors/channel/log/checkpoint*", "vectors/channel/log/views/*", "vectors/channel/log/trust.json"], ["\u00e2\u0080\u0094 ", "\n\n", "\n", "old 0\n", "old 3\n", "log.example.org/offproof\n", "0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "ajNjuXmYfaNodEs7JmFMgTbtYmAwUlXZz+T3ozN/xBY=\n", "9223372036854775807", "00", "+", "=", "\u00c2\u00a0", "\"witnesses\":[", "\"quorum\":0", "PRIVATE+KEY+", "\u00ff", "\0"]),
        new("log-tile", "tiles, bundles and entries of a log", LogFuzz.Tiles, null, ["vectors/channel/log/tile/0/000.p/*", "vectors/channel/log/tile/entries/000.p/*"], ["\u0001\u00d7", "\0\0", "\u00ff\u00ff", "\"greetings\":null", "\"notices\":null", "\"release\":9007199254740991", "\"version\":1", "{", "}", "\\u0061", " "]),
        new("tuf", "TUF metadata of every role, and their keys", MetadataFuzz.Read, null, [], ["\"signed\":{", "\"signatures\":[", "\"_type\":\"root\"", "\"_type\":\"targets\"", "\"keyids\":[", "\"threshold\":1", "\"paths\":[\"*\"]", "\"path_hash_prefixes\":[\"0\"]", "\"terminating\":true",
            "\"consistent_snapshot\":false", "\"hashes\":{\"sha256\":\"00\"}", "\"length\":9223372036854775807", "\"version\":0", "\"keytype\":\"rsa\"", "\"scheme\":\"rsassa-pss-sha256\"", "-----BEGIN RSA PUBLIC KEY-----", "-----BEGIN PRIVATE KEY-----", "T24:00:00Z", "-0", .. JsonWords]),
        new("bundle", "the lines of a collection and of notices", ContentFuzz.Lines, null, ["vectors/channel/content/*.jsonl", "vectors/channel/content/refused/greetings/*.jsonl", "vectors/channel/content/refused/notices/*.jsonl"], ["{\"entries\":1,\"schema\":\"offproof/v1/greetings\"}\n", "{\"entries\":1,\"schema\":\"offproof/v1/notices\"}\n",
            "\"entries\":2147483647", "\"id\":\"", "\"text\":\"", "\"payloads\":[", "\"kind\":\"delta\"", "\"version\":\"2147483647.0\"", "\"seconds\":31622400", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "\n", .. JsonWords]),
        new("frame", "the zstd frames of bundles and of roots", ContentFuzz.Frames, null, ["vectors/channel/content/*.zst"], ["(\u00b5/\u00fd", "\u00a0\u00ff\u00ff\u00ff\u00ff", "P*M\u0018\u0004\0\0\0", "\u0001\0\0", "\u00ff\u00ff", "\0\0\0\u0001"]),
        new("har", "HAR 1.2", ConversationFuzz.Har, null, [], ["{\"log\":{\"entries\":[", "]}}", "{\"request\":{", "\"response\":{", "\"url\":\"http://a/\"", "\"status\":200", "\"headers\":[{\"name\":\"a\",\"value\":\"b\"}]", "\"content\":{\"text\":\"aGk=\",\"encoding\":\"base64\"}", "\"postData\":{\"params\":[{\"name\":\"a\"}]}", "\"_webSocketMessages\":[{\"opcode\":2,\"data\":\"AA==\"}]", .. JsonWords]),
        new("mitmproxy", "flow files of mitmproxy", ConversationFuzz.Mitmproxy, null, [], ["7:version;2:21#", "4:type;", "4:http;", "3:tcp;", "3:dns;", "9:websocket;", "8:messages;", "7:request;", "8:response;", "7:headers;", "0:~", "0:]", "0:}", "4:true!", "1:1#", "3:1.5^", "999:", "7:content;", "0:,", "15:1:A,1:B,]"]),
    ];
}
