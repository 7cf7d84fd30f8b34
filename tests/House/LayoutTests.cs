namespace Offproof.House;

public sealed class LayoutTests
{
    static IReadOnlyList<SourceFile> Decisions => [.. Repository.Files.Where(f => f.Path.StartsWith("docs/decisions/", StringComparison.Ordinal))];

    static string PackagesProps => Repository.Files.Single(f => f.Path is "Directory.Packages.props").Text;

    [Fact]
    public void No_source_file_is_longer_than_800_lines() => Assert.Empty(Layout.LongFiles(Repository.Sources));

    [Fact]
    public void A_hint_is_run_as_it_is_printed() => Assert.Empty(Layout.Hints(Repository.Sources));

    [Fact]
    public void A_project_is_one_namespace() => Assert.Empty(Layout.Namespaces(Repository.Sources));

    [Fact]
    public void Folders_and_files_are_named_after_what_they_are_about() => Assert.Empty(Layout.Names(Repository.Sources));

    [Fact]
    public void Every_project_has_a_short_README_that_names_only_what_exists() => Assert.Empty(Layout.Readmes(Repository.Sources, Repository.Files));

    [Fact]
    public void No_file_names_the_place_where_it_was_written() => Assert.Empty(Layout.WorkplaceNames(Repository.Files));

    [Fact]
    public void Every_package_has_a_reason() => Assert.Empty(Layout.Packages(PackagesProps, Decisions));

    [Fact]
    public void Every_reason_belongs_to_a_package() => Assert.All(
        Decisions.SelectMany(d => d.Text.Split('\n')).Where(row => row.StartsWith("| `", StringComparison.Ordinal)),
        row => Assert.Contains($"Include=\"{row.Split('`')[1]}\"", PackagesProps, StringComparison.Ordinal));

    // The checks can fail:

    [Fact]
    public void A_long_file_is_found()
    {
        Assert.Single(Layout.LongFiles([new("src/A/B.cs", new string('\n', 801))]));
        Assert.Empty(Layout.LongFiles([new("src/A/B.cs", new string('\n', 800))]));
    }

    [Theory]
    [InlineData("throw new DeviceException(DeviceFault.Usage, \"no capture is named\", \"audit CAPTURE...\");", 1)]
    [InlineData("throw new DeviceException(DeviceFault.Usage, \"no capture is named\", \"offproof audit CAPTURE...\", e);", 0)]
    [InlineData("throw new DeviceException(DeviceFault.Usage, \"audit wants a capture\");", 0)]
    public void A_hint_without_the_program_is_found(string text, int complaints) => Assert.Equal(complaints, Layout.Hints([new("src/Offproof.Cli/A.cs", text)]).Count());

    [Theory]
    [InlineData("namespace Offproof.Vault.Packs;"), InlineData("namespace Offproof.Vault\n{ } namespace Other\n{ }\nnamespace B { }")]
    public void A_second_namespace_is_found(string text)
    {
        Assert.NotEmpty(Layout.Namespaces([new("src/Offproof.Vault/Packs/Pack.cs", text)]));
        Assert.Empty(Layout.Namespaces([new("src/Offproof.Vault/Packs/Pack.cs", "namespace Offproof.Vault;")]));
    }

    [Theory]
    [InlineData("src/Offproof.Vault/Models/Pack.cs", 1), InlineData("src/Offproof.Vault/Packs/PackManager.cs", 1), InlineData("src/Offproof.Vault/Packs/Pack.cs", 0)]
    public void A_name_that_says_nothing_is_found(string path, int complaints) => Assert.Equal(complaints, Layout.Names([new(path, "")]).Count());

    [Theory]
    [InlineData(null, "README.md is missing")]
    [InlineData("`PackFile`", "names `PackFile`")]
    [InlineData("`Trees/`", "names `Trees/`")]
    [InlineData("`Pack.Seal`", "names `Pack.Seal`")]
    [InlineData("`Pack.Open`", null)]
    [InlineData("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", "16 lines")]
    [InlineData("`Pack` in `Packs/`, `Packs/Pack.cs`, `docs/vault.md`", null)]
    public void A_README_is_checked(string? readme, string? complaint)
    {
        List<SourceFile> files = [new("src/A/Packs/Pack.cs", "class Pack\nvoid Open()\n\n\n\n\n\n\n"), new("docs/vault.md", "")];
        if (readme is not null)
            files.Add(new("src/A/README.md", readme));
        var complaints = Layout.Readmes([.. files.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal))], files).ToList();
        if (complaint is null)
            Assert.Empty(complaints);
        else
            Assert.Contains(complaint, Assert.Single(complaints), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("see /wor#k/shared", 1), InlineData("/ro#ot/.nuget", 1), InlineData("/ho#me/ann/x", 1), InlineData("http://10.#1.2.3:8081/", 1)]
    [InlineData("$WORK/work/x", 0), InlineData("/proc/net", 0), InlineData("~/.dotnet", 0), InlineData("home/vaults/photos", 0)]
    public void A_path_of_one_workplace_is_found(string text, int complaints) =>
        Assert.Equal(complaints, Layout.WorkplaceNames([new("a.md", text.Replace("#", "", StringComparison.Ordinal))]).Count());

    [Fact]
    public void A_package_without_a_reason_is_found() => Assert.Equal(
        "no page of docs/decisions/ has a row for `B`",
        Assert.Single(Layout.Packages("""<Project><PackageVersion Include="A" /><PackageVersion Include="B" /></Project>""", [new("docs/decisions/1.md", "| `A` | MIT |")])));
}
