using System.Text;

namespace Offproof.Evidence.Tests;

/// <summary>evidence.md §4: a flipped byte anywhere, a swapped file, one that was removed or added, a foreign key: each refused, named.</summary>
public sealed class AlteredBundleTests
{
    [Fact]
    public void A_bundle_is_unaltered_with_the_key_and_without_it_by_an_unknown_one()
    {
        using Scratch scratch = new();
        scratch.Pack();
        var known = scratch.Verify();
        Assert.Equal((true, true), (known.Unaltered, known.Signer!.Known));
        Assert.Contains("reports/report.json: at most 3 bytes can have left unseen.", known.Bundle!.Limits);
        var unknown = EvidenceBundle.Verify(scratch.PathOf("bundle"));
        Assert.Equal((true, false), (unknown.Unaltered, unknown.Signer!.Known));
        Assert.Equal(scratch.Key.PublicKey.Text, unknown.Signer.Key);
        Assert.StartsWith($"offproof evidence; bundle {unknown.Bundle!.Id}; signed ", unknown.Comment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Every_byte_of_a_bundle_that_is_flipped_is_refused_and_its_file_named(bool isKeyGiven)
    {
        using Scratch scratch = new();
        string folder = scratch.Pack();
        int flipped = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(folder, file);
            byte[] bytes = File.ReadAllBytes(file);
            for (int i = 0; i < bytes.Length; i++, flipped++)
            {
                bytes[i] ^= (byte)(1 << (i % 8));
                File.WriteAllBytes(file, bytes);
                var report = EvidenceBundle.Verify(folder, isKeyGiven ? scratch.Key.PublicKey : null);
                Assert.False(report.Unaltered, $"byte {i} of {path}");
                Assert.Contains(report.Defects, defect => defect.Path == path || (path == BundlePath.Signature && defect.Path == BundlePath.List));
                bytes[i] ^= (byte)(1 << (i % 8));
            }
            File.WriteAllBytes(file, bytes);
        }
        Assert.True(flipped > 5000);
        Assert.True(scratch.Verify().Unaltered);
    }

    [Fact]
    public void Two_files_that_were_swapped_are_both_named()
    {
        using Scratch scratch = new();
        string folder = scratch.Pack(), one = Path.Combine(folder, "captures", "one.pcap"), two = Path.Combine(folder, "captures", "two.pcap");
        File.Move(one, one + "x");
        File.Move(two, one);
        File.Move(one + "x", two);
        Assert.Equal([("altered", "captures/one.pcap"), ("altered", "captures/two.pcap")], Named(scratch.Verify()));
    }

    [Theory]
    [InlineData("captures/one.pcap", "missing"), InlineData("README.txt", "missing"), InlineData("bundle.json", "missing"), InlineData("CONTENTS", "missing"), InlineData("signer.pub", "missing")]
    [InlineData("SHA256SUMS", "missing"), InlineData("SHA256SUMS.minisig", "unsigned")]
    public void A_file_that_was_removed_is_named(string path, string kind)
    {
        using Scratch scratch = new();
        File.Delete(Path.Combine(scratch.Pack(), path));
        Assert.Contains((kind, path), Named(scratch.Verify()));
    }

    [Theory]
    [InlineData("captures/three.pcap", "added"), InlineData("openings.json", "added"), InlineData(".hidden", "bad-name"), InlineData("captures/a b", "bad-name"), InlineData("captures/deep/er", "added"), InlineData("receipts/one", "added")]
    [InlineData("captures/ONE.pcap", "bad-name"), InlineData("captures/line\nbreak", "bad-name")]
    public void A_file_that_was_added_is_named(string path, string kind)
    {
        using Scratch scratch = new();
        string file = Path.Combine(scratch.Pack(), path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "x");
        var report = scratch.Verify();
        Assert.Contains((kind, path), Named(report).Select(named => named.Path.Equals(path, StringComparison.OrdinalIgnoreCase) ? named with { Path = path } : named));
    }

    [Fact]
    public void More_files_than_any_bundle_has_are_told()
    {
        using Scratch scratch = new();
        string folder = scratch.Pack();
        for (int i = 0; i < BundlePath.MostFiles; i++) File.WriteAllBytes(Path.Combine(folder, "scenario", $"{i}"), []);
        Assert.Contains(scratch.Verify().Defects, static defect => defect is { Kind: "too-large", Text: "more than 10000 files" });
    }

    [Fact]
    public void An_empty_folder_that_was_added_is_named_and_so_are_links_and_pipes()
    {
        using Scratch scratch = new();
        string folder = scratch.Pack();
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        Directory.CreateDirectory(Path.Combine(folder, "more"));
        File.Delete(Path.Combine(folder, "captures", "one.pcap"));
        File.CreateSymbolicLink(Path.Combine(folder, "captures", "one.pcap"), scratch.PathOf("one.pcap")); // the same bytes, decided elsewhere
        Directory.CreateSymbolicLink(Path.Combine(folder, "ledger"), "/");
        Assert.Equal(0, System.Diagnostics.Process.Start("mkfifo", Path.Combine(folder, "captures", "pipe")).WaitForExit(10_000) ? 0 : 1);
        Assert.Equal(["added keys", "added more", "missing captures/one.pcap", "not-a-file captures/one.pcap", "not-a-file captures/pipe", "not-a-file ledger"],
            Named(scratch.Verify()).Select(named => $"{named.Kind} {named.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_that_is_not_utf_8_is_named_as_such()
    {
        using Scratch scratch = new();
        string folder = scratch.Pack();
        System.Diagnostics.Process.Start("/bin/sh", ["-c", $"printf x >\"{folder}/captures/$(printf 'a\\377\\376b')\"; mkdir \"{folder}/$(printf 'c\\377')\"; ln -s /etc/passwd \"{folder}/captures/$(printf 'l\\377')\""]).WaitForExit();
        VerifyReport report;
        try
        {
            report = scratch.Verify();
        }
        finally
        {
            System.Diagnostics.Process.Start("/bin/sh", ["-c", $"rm -r \"{folder}\""]).WaitForExit(); // no name of ours leads there
        }
        Assert.All(report.Defects, static defect => Assert.Equal("bad-name", defect.Kind));
        Assert.Equal(3, report.Defects.Count(static defect => defect.Text.Contains("not UTF-8", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_foreign_key_is_named_with_both_names()
    {
        using Scratch scratch = new();
        scratch.Pack();
        using var other = MinisignSecretKey.Create();
        var report = EvidenceBundle.Verify(scratch.PathOf("bundle"), other.PublicKey);
        Assert.False(report.Unaltered);
        Assert.Null(report.Signer);
        var defect = Assert.Single(report.Defects);
        Assert.Equal(("foreign-key", BundlePath.Signature), (defect.Kind, defect.Path));
        Assert.Contains(scratch.Key.PublicKey.Id, defect.Text, StringComparison.Ordinal);
        Assert.Contains(other.PublicKey.Id, defect.Text, StringComparison.Ordinal);
    }

    [Fact] // Everything exchanged, the key among it: without the true key nobody can tell, with it everybody.
    public void A_bundle_that_was_made_again_by_somebody_else_verifies_as_of_an_unknown_key_alone()
    {
        using Scratch scratch = new(), forger = new();
        string folder = scratch.Pack();
        File.WriteAllText(Path.Combine(folder, "scenario", "steps.txt"), "another story\n");
        Resign(folder, forger.Key, rehash: true);
        Assert.Equal("foreign-key", Assert.Single(scratch.Verify().Defects).Kind);
        File.WriteAllText(Path.Combine(folder, "signer.pub"), forger.Key.PublicKey.FileText);
        Resign(folder, forger.Key, rehash: true);
        Assert.Equal((true, false), (EvidenceBundle.Verify(folder) is { Unaltered: true, Signer.Known: false }, scratch.Verify().Unaltered));
    }

    [Fact] // A signer whose lists do not agree is told, whoever he is.
    public void Lists_that_do_not_agree_are_named_though_they_are_signed()
    {
        using Scratch scratch = new();
        string folder = scratch.Pack();
        File.WriteAllText(Path.Combine(folder, "scenario", "steps.txt"), "another story\n");
        Resign(folder, scratch.Key, rehash: false);
        Assert.Contains(("bad-list", BundlePath.About), Named(scratch.Verify()));
    }

    [Fact]
    public void A_signature_that_was_cut_or_of_the_old_kind_or_with_another_comment_is_judged()
    {
        using Scratch scratch = new();
        string folder = scratch.Pack(), file = Path.Combine(folder, BundlePath.Signature);
        byte[] good = File.ReadAllBytes(file);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(file, good[..length]);
            Assert.Contains(("unsigned", BundlePath.Signature), Named(scratch.Verify()));
        }
        string text = Encoding.ASCII.GetString(good);
        File.WriteAllText(file, text.Replace("; signed 20", "; signed 19", StringComparison.Ordinal));
        Assert.Equal([("bad-signature", BundlePath.Signature)], Named(scratch.Verify()));
        File.WriteAllText(file, text.Replace("signature from minisign secret key", "verified by the court", StringComparison.Ordinal)); // covered by nothing
        Assert.Equal([("bad-signature", BundlePath.Signature)], Named(scratch.Verify()));
        File.WriteAllText(file, text.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal([("bad-signature", BundlePath.Signature)], Named(scratch.Verify()));
        byte[] list = File.ReadAllBytes(Path.Combine(folder, BundlePath.List));
        File.WriteAllBytes(file, scratch.Key.Sign(list, "timestamp:1795727869")); // as stock minisign may
        Assert.True(scratch.Verify().Unaltered);
        File.WriteAllBytes(file, scratch.Key.Sign(list, $"offproof evidence; bundle {new string('0', 32)}; signed 2026-01-01T00:00:00Z"));
        Assert.Equal([("bad-signature", BundlePath.Signature)], Named(scratch.Verify()));
    }

    internal static (string Kind, string Path)[] Named(VerifyReport report)
    {
        Assert.Equal(report.Defects.Count == 0, report.Unaltered);
        return [.. report.Defects.Select(defect => (defect.Kind, defect.Path))];
    }

    /// <summary>What who alters a bundle can do with a key of his own.</summary>
    internal static void Resign(string folder, MinisignSecretKey key, bool rehash)
    {
        SortedDictionary<string, string> sums = Checksums.Read(File.ReadAllBytes(Path.Combine(folder, BundlePath.List)), _ => { });
        if (rehash)
        {
            var about = About.Read(File.ReadAllBytes(Path.Combine(folder, BundlePath.About)))!;
            if (MinisignKey.TryParse(File.ReadAllText(Path.Combine(folder, BundlePath.Signer)), out var signer))
            {
                about = Rehashed(about);
                File.WriteAllText(Path.Combine(folder, BundlePath.Readme), ReadmeText.Of(about with { Files = [.. about.Files.Where(file => file.Path is not (BundlePath.Readme or BundlePath.Contents))] }, signer));
            }
            File.WriteAllBytes(Path.Combine(folder, BundlePath.About), Rehashed(about).ToBytes());
        }
        byte[] list = Checksums.Write(sums.Keys.ToDictionary(path => path, path => Checksums.Of(File.ReadAllBytes(Path.Combine(folder, path)))));
        File.WriteAllBytes(Path.Combine(folder, BundlePath.List), list);
        File.WriteAllBytes(Path.Combine(folder, BundlePath.Signature), key.Sign(list, "x"));

        About Rehashed(About about) => about with { Files = [.. about.Files.Select(file => file with { Bytes = new FileInfo(Path.Combine(folder, file.Path)).Length, Sha256 = Checksums.Of(File.ReadAllBytes(Path.Combine(folder, file.Path))) })] };
    }
}
