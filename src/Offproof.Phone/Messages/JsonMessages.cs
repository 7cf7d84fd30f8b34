using System.Globalization;

namespace Offproof.Phone;

/// <summary>The files of SMS Import/Export (messages.md §3): version 1 is one JSON array, version 2 a ZIP, or the lines out of one.</summary>
static class JsonMessages
{
    /// <summary>Version 1.</summary>
    internal static void ReadArray(SourceFile file, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        using JsonText json = new(file.Open());
        long line = 1;
        JsonMessage reader = new(json, isTree: false, row => ReadAttachment(json, file, row, account, line));
        Message message = new();
        bool first = true;
        json.Expect('[');
        try
        {
            while (!account.IsFull(file))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (json.Ahead() < 0)
                {
                    account.Notice(NotComplete(file.Name));
                    return;
                }
                line = json.Line;
                if (!json.NextElement(ref first)) break;
                int ahead = json.Ahead();
                line = json.Line;
                if (ahead is >= 0 and not '{')
                {
                    json.Capture(new ByteBuffer());
                    account.Skip(file.Name, line, "An element of the list that is no message.");
                    continue;
                }
                if (reader.Read(message)) account.NotText(file);
                Keep(message, file.Name, line, tree, account);
            }
            if (json.Ahead() >= 0) account.Skip(file.Name, json.Line, "What follows after the end of the list.");
        }
        catch (DamagedTextException damage)
        {
            account.Skip(file.Name, line, $"A damaged entry: {damage.Message}. What follows it in the file was not read.");
            account.Notice($"{file.Name} was read up to line {line.ToString(CultureInfo.InvariantCulture)}, where it is damaged.");
        }
        catch (TextEndsException)
        {
            account.Skip(file.Name, line, "The file ends inside this entry.");
            account.Notice(NotComplete(file.Name));
        }
    }

    static void ReadAttachment(JsonText json, SourceFile file, Row row, Account account, long line)
    {
        long offset = json.Position;
        try
        {
            using Base64Source data = new(json, owned: false);
            row.Attachment = Attachment.Read(data, () => new Base64Source(JsonText.InString(file.OpenAt(offset)), owned: true));
        }
        catch (InvalidDataException problem)
        {
            account.Notice(string.Create(CultureInfo.InvariantCulture, $"{file.Name}, line {line}: {problem.Message}; the message is kept without it."));
            json.SkipString();
        }
    }

    /// <summary>Version 2's lines; <paramref name="attach"/> finds the attachment of a part.</summary>
    internal static void ReadLines(JsonText json, SourceFile file, string name, Action<Row>? attach, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        JsonMessage reader = new(json, isTree: false);
        Message message = new();
        while (!account.IsFull(file) && json.Ahead() >= 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long line = json.Line;
            try
            {
                json.BeginLine();
                if (reader.Read(message)) account.NotText(file);
                json.EndLine();
                for (int index = 0; attach is not null && index < message.Parts.Count; index++) attach(message.Parts[index]);
                Keep(message, name, line, tree, account);
            }
            catch (DamagedTextException damage)
            {
                account.Skip(name, line, $"A damaged entry: {damage.Message}.");
                json.SkipLine();
            }
            catch (TextEndsException)
            {
                account.Skip(name, line, "The file ends inside this entry.");
                account.Notice(NotComplete(name));
                return;
            }
        }
    }

    static void Keep(Message message, string name, long line, MessageTree tree, Account account)
    {
        try
        {
            tree.Add(message);
            account.Keep();
        }
        catch (DamagedTextException damage)
        {
            account.Skip(name, line, $"A damaged entry: {damage.Message}.");
        }
    }

    internal static string NotComplete(string name) => $"{name} is not complete: it ends too early. What it holds was read.";
}
