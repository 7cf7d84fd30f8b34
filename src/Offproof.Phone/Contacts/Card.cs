namespace Offproof.Phone;

/// <summary>Versions in which a card is stored. 2.1 is read, and becomes 3.0.</summary>
enum CardVersion
{
    V3,
    V4,
}

/// <summary>One contact: its properties in the order of the source, without BEGIN, VERSION and END.</summary>
sealed record Card(CardVersion Version, List<CardProperty> Properties)
{
    /// <summary>The first property of this name, without regard to case.</summary>
    internal CardProperty? this[string name] => Properties.Find(property => property.Is(name));
}

/// <summary>One line of a card.</summary>
/// <param name="Group">What stands before the dot (<c>item1</c>), or null.</param>
/// <param name="Name">As the source spells it.</param>
/// <param name="Parameters">In the order of the source.</param>
/// <param name="Value">With the escapes of its version, without line breaks.</param>
sealed record CardProperty(string? Group, string Name, List<CardParameter> Parameters, string Value)
{
    internal bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    internal IEnumerable<string> All(string parameter) => Parameters.Where(one => one.Is(parameter)).SelectMany(one => one.Values);

    internal string? First(string parameter) => All(parameter).FirstOrDefault();

    internal bool Has(string parameter, string value) => All(parameter).Contains(value, StringComparer.OrdinalIgnoreCase);

    internal bool IsBinary => Has("ENCODING", "b");

    /// <summary>The same property with other parameters and perhaps another value.</summary>
    internal CardProperty With(IEnumerable<CardParameter> parameters, string? value = null, string? name = null) => this with { Name = name ?? Name, Parameters = [.. parameters], Value = value ?? Value };

    internal IEnumerable<CardParameter> Without(params string[] names) => Parameters.Where(one => !names.Contains(one.Name, StringComparer.OrdinalIgnoreCase));
}

/// <summary>A parameter and its values, without the quotes around them.</summary>
sealed record CardParameter(string Name, List<string> Values)
{
    internal bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
