using System.Text;

namespace Offproof.Phone;

/// <summary>Which messages are chosen (messages.md §4.1).</summary>
sealed class MessageFilter(Selection selection)
{
    readonly string? _conversation = Number(selection.Conversation);
    readonly string? _contact = Number(selection.Contact);
    bool _conversationMet;
    bool _contactMet;

    internal bool IsConversationChosen => (selection.Conversation is null || _conversationMet) && (selection.Contact is null || _contactMet);

    internal void BeginConversation(string folder)
    {
        _conversationMet = string.Equals(selection.Conversation, folder, StringComparison.Ordinal);
        _contactMet = false;
    }

    internal void Meet(Message message)
    {
        if (selection.Conversation is { } conversation && !_conversationMet)
        {
            _conversationMet = NamesOf(message.Columns).Contains(conversation, StringComparer.OrdinalIgnoreCase)
                || SameSet(Conversation.Addresses(message), _conversation!.Split('~', StringSplitOptions.RemoveEmptyEntries));
        }
        if (selection.Contact is { } contact && !_contactMet)
        {
            _contactMet = Conversation.Addresses(message).Select(Number).Contains(_contact, StringComparer.OrdinalIgnoreCase)
                || NamesOf(message.Columns).Any(name => Is(name, contact))
                || Enumerable.Range(0, message.Addresses.Count).Any(index => NamesOf(message.Addresses[index]).Any(name => Is(name, contact)));
        }
    }

    internal bool IsInTime(Message message) =>
        selection.Since is not { } since || Conversation.Time(message) is not { } time || time >= since.ToUnixTimeMilliseconds();

    // The names of a group stand in one column.
    static bool Is(string names, string name) =>
        string.Equals(names, name, StringComparison.OrdinalIgnoreCase) || names.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase);

    static bool SameSet(List<string> addresses, string[] wanted) =>
        addresses.Count > 0 && addresses.Select(Number).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(wanted);

    internal static List<string> NamesOf(Row row)
    {
        List<string> names = [];
        if (row.Has("contact_name"u8)) names.Add(Encoding.UTF8.GetString(row["contact_name"u8]));
        if (row.Has("__display_name"u8)) names.Add(Encoding.UTF8.GetString(row["__display_name"u8]));
        if (row.Has("display_name"u8)) names.Add(Encoding.UTF8.GetString(row["display_name"u8]));
        return names;
    }

    static string? Number(string? text) => text is null ? null : string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '(' or ')' or '\u2010' or '\u2011')));
}
