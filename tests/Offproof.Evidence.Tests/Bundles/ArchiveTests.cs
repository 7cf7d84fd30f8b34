using System.IO.Compression;

namespace Offproof.Evidence.Tests;

/// <summary>evidence.md §1: an archive of one form, each byte of which follows from the files.</summary>
public sealed class ArchiveTests
{
    [Fact]
    public void An_archive_verifies_as_its_folder_does_and_any_byte_of_it_that_is_flipped_is_refused()
    {
        using Scratch scratch = new();
        EvidenceBundle.Zip(scratch.Pack(), scratch.PathOf("b.zip"));
        var folder = scratch.Verify();
        var archive = EvidenceBundle.Verify(scratch.PathOf("b.zip"), scratch.Key.PublicKey);
        Assert.True(archive.Unaltered);
        Assert.Equal((folder.Files, folder.Bytes, folder.Bundle!.Id), (archive.Files, archive.Bytes, archive.Bundle!.Id));

        byte[] bytes = File.ReadAllBytes(scratch.PathOf("b.zip"));
        HashSet<string> named = [];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(scratch.PathOf("b.zip"), bytes);
            bytes[i] ^= (byte)(1 << (i % 8));
            var report = EvidenceBundle.Verify(scratch.PathOf("b.zip"), scratch.Key.PublicKey);
            Assert.False(report.Unaltered, $"byte {i}");
            named.UnionWith(report.Defects.Where(defect => defect.Kind == "altered").Select(defect => defect.Path));
        }
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "captures/one.pcap", "reports/report.json", "README.txt", "bundle.json" }, named);
    }

    [Fact]
    public void An_archive_that_was_cut_or_goes_on_is_refused()
    {
        using Scratch scratch = new();
        EvidenceBundle.Zip(scratch.Pack(), scratch.PathOf("b.zip"));
        byte[] bytes = File.ReadAllBytes(scratch.PathOf("b.zip"));
        for (int length = 0; length < bytes.Length; length += 97) Refused(bytes[..length]);
        Refused([.. bytes, 0]);
        Refused([0, .. bytes]);

        void Refused(byte[] changed)
        {
            File.WriteAllBytes(scratch.PathOf("b.zip"), changed);
            Assert.Contains(EvidenceBundle.Verify(scratch.PathOf("b.zip")).Defects, defect => defect.Kind == "archive");
        }
    }

    [Fact] // What unzips to the true files somewhere, and to other ones elsewhere, is of no use to anybody.
    public void Archives_of_other_programs_are_refused_without_being_unpacked()
    {
        using Scratch scratch = new();
        string folder = scratch.Pack();
        Refused("deflated", zip => zip.CreateEntryFromFile(Path.Combine(folder, "SHA256SUMS"), "b/SHA256SUMS"));
        Refused("bomb", zip =>
        {
            using var into = zip.CreateEntry("b/SHA256SUMS", CompressionLevel.SmallestSize).Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 256; i++) into.Write(zeros);
        });
        Refused("twice", zip =>
        {
            for (int i = 0; i < 2; i++) zip.CreateEntryFromFile(Path.Combine(folder, "SHA256SUMS"), "b/SHA256SUMS", CompressionLevel.NoCompression);
        });
        Refused("escape", zip => zip.CreateEntryFromFile(Path.Combine(folder, "SHA256SUMS"), "../../SHA256SUMS", CompressionLevel.NoCompression));
        File.WriteAllText(scratch.PathOf("text.zip"), "no archive");
        Assert.Equal("archive", Assert.Single(EvidenceBundle.Verify(scratch.PathOf("text.zip")).Defects).Kind);
        Assert.Equal(EvidenceFault.Failure, Assert.Throws<EvidenceException>(() => EvidenceBundle.Verify(scratch.PathOf("absent"))).Fault);

        void Refused(string name, Action<ZipArchive> fill)
        {
            string path = scratch.PathOf(name + ".zip");
            using (var zip = ZipFile.Open(path, ZipArchiveMode.Create)) fill(zip);
            var report = EvidenceBundle.Verify(path);
            Assert.Equal("archive", Assert.Single(report.Defects).Kind);
            Assert.Equal(0, report.Bytes);
        }
    }

    [Fact] // The folder is for its owner alone (700), and so is what it becomes.
    public void An_archive_is_for_its_owner_alone()
    {
        using Scratch scratch = new();
        EvidenceBundle.Zip(scratch.Pack(), scratch.PathOf("bundle.zip"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(scratch.PathOf("bundle.zip")));
    }

    [Fact]
    public void The_same_folder_gives_the_same_archive()
    {
        using Scratch scratch = new();
        string folder = scratch.Pack();
        Assert.Equal(EvidenceBundle.Zip(folder, scratch.PathOf("one.zip")), EvidenceBundle.Zip(folder, scratch.PathOf("two.zip")));
        Assert.Equal(EvidenceFault.Refused, Assert.Throws<EvidenceException>(() => EvidenceBundle.Zip(folder, scratch.PathOf("one.zip"))).Fault);
    }
}
