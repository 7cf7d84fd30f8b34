using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Columns = System.Collections.Generic.SortedDictionary<string, string>;

namespace Offproof.Phone.Tests.Messages;

/// <summary>A message as a person would compare it: columns under the source's names, in no order.</summary>
sealed record SampleMessage(bool IsMms, Columns Columns, List<Columns> Addresses, List<(Columns Columns, byte[]? Data)> Parts)
{
    static readonly string[] Pieces = ["a", "Ann", "null", "\"", "'", "&", "<", ">", "\n", "\r\n", "\t", "\u0001", "\u007f", "\u00e9", "\u5b57", "\U0001F600", "\ud83d", "\ude00", "\uFFFD", "\uFFFE", "&#55357;", "&amp;", "]]>",
        "\u2028", "~", " ", "0", "\\", "/", "\\u0041", "<sms ", "</smses>"];

    static readonly Gen<string> Text = Gen.OneOf(One("null", "", "(Unknown)"), One(Pieces).Array[0, 6].Select(string.Concat));
    static readonly Gen<string> Address = Gen.OneOf(Gen.Int[0, 3].Select(n => "+44770090000" + n), One("Bank", "07700 900001", "ann@example.org", "insert-address-token", ""));
    static readonly Gen<string> Group = Address.Array[1, 4].Select(all => string.Join('~', all));
    static readonly Gen<string> Seconds = Gen.Long[1_500_000_000, 1_800_000_000].Select(Number);
    static readonly Gen<string> Date = Gen.OneOf(Seconds.Select(s => s + "000"), Seconds.Select(s => s + "123"), Seconds, One("", "0", "x"));
    static readonly Gen<string> Type = One("137", "151", "130", "129", "137");
    static readonly Gen<string> Content = One("text/plain", "image/png", "application/smil", "Text/X-vCard; charset=utf-8", "application/x-odd", "");

    static readonly Gen<Columns> SmsColumns = Some(("address", Address), ("date", Date), ("date_sent", Date), ("type", One("1", "2", "5")), ("body", Text), ("subject", Text), ("read", Gen.Const("1")), ("contact_name", Text),
        ("x_vendor", Text), ("kind", Text), ("parts", Text), ("thread_id", Gen.Const("7")), ("_id", Gen.Const("8")), ("m_type", Gen.Const("132")), ("service_center", Address));
    static readonly Gen<Columns> MmsColumns = Some(("address", Group), ("date", Date), ("date_sent", Date), ("msg_box", One("1", "2", "4")), ("m_id", Text), ("m_type", One("132", "128", "130")), ("sub", Text),
        ("contact_name", Text), ("tr_id", Gen.Const("proto:CkIKImNvbQ==")), ("sim_slot", Text), ("data", Text), ("_id", Gen.Const("9")), ("msg_id", Gen.Const("3")), ("__parts", Text), ("ct_t", Gen.Const("application/vnd.wap.multipart.related")));
    static readonly Gen<Columns> AddressColumns = Some(("address", Address), ("type", Type), ("charset", Gen.Const("106")), ("_id", Gen.Const("5")), ("data", Text), ("x_vendor", Text));
    static readonly Gen<Columns> PartColumns = Some(("seq", One("-1", "0")), ("ct", Content), ("name", Text), ("text", Text), ("cid", Text), ("kind", Text), ("sef_type", Gen.Const("0")), ("_data", One("/data/lost/PART_1", "PART_2.png")));
    static readonly Gen<byte[]?> Data = Gen.OneOf(Gen.Const((byte[]?)null), Gen.Byte.Array[0, 200].Select(bytes => (byte[]?)bytes));

    internal static readonly Gen<SampleMessage> Any = Gen.OneOf(
        SmsColumns.Select(columns => new SampleMessage(false, columns, [], [])),
        Gen.Select(MmsColumns, AddressColumns.List[0, 4], Gen.Select(PartColumns, Data).List[0, 4]).Select((columns, addresses, parts) => new SampleMessage(true, columns, addresses, parts)));

    static Gen<string> One(params string[] all) => Gen.Int[0, all.Length - 1].Select(index => all[index]);

    // Each column is there, or not.
    static Gen<Columns> Some(params (string Name, Gen<string> Value)[] columns)
    {
        Gen<List<(string, string)>> all = Gen.Const(new List<(string, string)>());
        foreach ((string name, Gen<string> value) in columns)
        {
            all = Gen.Select(all, Gen.Int[0, 3], value).Select((list, there, text) => there == 0 ? list : [.. list, (name, text)]);
        }
        return all.Select(list => new Columns(list.ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal), StringComparer.Ordinal));
    }

    /// <summary>The same for two messages that are equal in meaning, and for no others.</summary>
    internal string Show()
    {
        StringBuilder text = new(IsMms ? "mms " : "sms ");
        Show(text, Columns);
        foreach (Columns address in Addresses) Show(text.Append(" addr "), address);
        foreach ((Columns columns, byte[]? data) in Parts) Show(text.Append(" part "), columns).Append(data is null ? "" : Convert.ToHexString(SHA256.HashData(data)));
        return text.ToString();
    }

    static StringBuilder Show(StringBuilder text, Columns columns)
    {
        text.Append('{');
        foreach ((string name, string value) in columns)
        {
            text.Append(name).Append('=');
            foreach (char unit in value) text.Append(unit is > ' ' and < '\u007f' and not ('%' or ';') ? unit.ToString() : "%" + ((int)unit).ToString("x4", CultureInfo.InvariantCulture));
            text.Append(';');
        }
        return text.Append('}');
    }

    internal SampleMessage Select(Func<Columns, Columns> columns, Func<Columns, Columns> address, Func<Columns, byte[]?, Columns> part) =>
        new(IsMms, columns(Copy(Columns)), [.. Addresses.Select(row => address(Copy(row)))], [.. Parts.Select(row => (part(Copy(row.Columns), row.Data), row.Data))]);

    static Columns Copy(Columns columns) => new(columns, StringComparer.Ordinal);

    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public override string ToString() => Show();
}
