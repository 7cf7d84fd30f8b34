namespace Offproof.House;

public sealed class GraphTests
{
    static readonly string[] WhatCanDecrypt = ["Offproof.Vault", "Offproof.Phone", "Offproof.Device"];

    [Fact] // README: "the server cannot read your backups"
    public void The_server_cannot_read_your_backups_because_it_references_nothing_that_can_decrypt()
    {
        Assert.Contains(Repository.Projects, p => p.Name is "Offproof.Server");
        Assert.Empty(Graph.Reach(Repository.Projects, "Offproof.Server", WhatCanDecrypt));
    }

    [Fact]
    public void Projects_reference_only_what_the_plan_of_the_house_allows() => Assert.Empty(Graph.References(Repository.Projects));

    [Fact]
    public void No_project_is_called_Common_Core_Shared_or_Utils() => Assert.Empty(Graph.EmptyNames(
        Repository.Files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f.Name))));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Files.Single(f => f.Path is "Offproof.slnx").Text;
        Assert.All(Repository.Files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal)), p => Assert.Contains($"\"{p.Path}\"", solution, StringComparison.Ordinal));
    }

    // The checks can fail:

    [Fact]
    public void A_server_that_reaches_the_vault_through_another_project_is_found() => Assert.Equal(
        ["Offproof.Server reaches Offproof.Vault"],
        Graph.Reach([new("Offproof.Server", ["Offproof.Consent"]), new("Offproof.Consent", ["Offproof.Vault"]), new("Offproof.Vault", [])], "Offproof.Server", WhatCanDecrypt),
        StringComparer.Ordinal);

    [Fact]
    public void A_server_that_references_the_device_is_found() => Assert.Equal(
        ["Offproof.Server reaches Offproof.Device"],
        Graph.Reach([new("Offproof.Server", ["Offproof.Device"])], "Offproof.Server", WhatCanDecrypt),
        StringComparer.Ordinal);

    [Fact]
    public void A_reference_outside_the_plan_is_found() => Assert.Equal(
        ["Offproof.Vault must not reference Offproof.Phone"],
        Graph.References([new("Offproof.Vault", ["Offproof.Phone"]), new("Offproof.Device", ["Offproof.Phone", "Offproof.Vault"])]),
        StringComparer.Ordinal);

    [Fact]
    public void A_project_outside_the_plan_is_found() => Assert.Equal(
        "Offproof.Sync is not a room of this house",
        Assert.Single(Graph.References([new("Offproof.Sync", [])])));

    [Fact]
    public void A_name_that_says_nothing_is_found() => Assert.Single(Graph.EmptyNames(["Offproof.Common", "Offproof.Score"]));

    [Fact]
    public void References_are_read_from_the_project_file_whatever_the_slashes()
    {
        var project = ProjectFile.Read(new("src/A/A.csproj", """<Project><ItemGroup><ProjectReference Include="..\B\B.csproj" /><ProjectReference Include="../C/C.csproj" /></ItemGroup></Project>"""));
        Assert.Equal("A", project.Name);
        Assert.Equal(["B", "C"], project.References, StringComparer.Ordinal);
    }
}
