namespace Offproof.Phone;

/// <summary>Somebody, or several, with whom the sample phone writes.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Addresses">Sorted by their bytes, each once.</param>
/// <param name="Name">The display names of the addresses' contacts, joined; null where one of them is nobody's.</param>
/// <param name="Tongue">In which they mostly write.</param>
/// <param name="IsFirm">A sender that takes no answer.</param>
sealed record SampleConversation(int Number, string[] Addresses, string? Name, Tongue Tongue, bool IsFirm)
{
    const int Most = 60;
    static readonly string[] Firms = ["Lanternfield", "LARKPOST", "Larkbank", "Fernway"];

    internal bool IsGroup => Addresses.Length > 1;

    /// <summary>60, or one for four messages where there are few.</summary>
    internal static SampleConversation[] Draw(ulong seed, int messages, SampleContact[] contacts, FictionalNumbers numbers)
    {
        SeededBits bits = new(seed, 3);
        Dictionary<string, SampleContact> owners = new(StringComparer.Ordinal);
        foreach (SampleContact contact in contacts)
        {
            foreach (SampleValue phone in contact.Phones) owners.Add(phone.Value, contact);
        }
        int[] order = bits.Shuffled(contacts.Length);
        SampleConversation[] all = new SampleConversation[Math.Min(Most, (messages + 3) / 4)];
        HashSet<string> taken = new(StringComparer.Ordinal);
        int next = 0;
        for (int j = 0; j < all.Length; j++)
        {
            string[] addresses = (j % 10) switch
            {
                5 => [Known(), Known(), Known()],
                6 => [numbers.Next(mobile: true)],
                8 => [Known(), numbers.Next(mobile: true)],
                9 when j / 10 < Firms.Length => [Firms[j / 10]],
                _ => [Known()],
            };
            addresses = [.. addresses.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            // Two groups may meet; another stranger tells them apart.
            if (!taken.Add(string.Join('~', addresses))) addresses = [.. addresses.Append(numbers.Next(mobile: true)).Order(StringComparer.Ordinal)];
            taken.Add(string.Join('~', addresses));
            SampleContact?[] people = [.. addresses.Select(address => owners.GetValueOrDefault(address))];
            all[j] = new SampleConversation(
                j + 1,
                addresses,
                people.Contains(null) ? null : string.Join(", ", people.Select(person => person!.DisplayName)),
                people.FirstOrDefault(person => person is not null)?.Tongue ?? Tongue.All[j % Tongue.All.Length],
                Array.IndexOf(Firms, addresses[0]) >= 0);
        }
        return all;

        string Known()
        {
            if (contacts.Length == 0) return numbers.Next(mobile: true);
            SampleContact contact = contacts[order[next++ % order.Length]];
            return contact.Phones[contact.Phones.Length > 1 && next % 4 == 0 ? 1 : 0].Value;
        }
    }
}
