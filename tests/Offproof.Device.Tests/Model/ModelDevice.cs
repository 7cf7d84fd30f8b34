using System.Globalization;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>What the owner last said about a category on a device.</summary>
internal enum Wish
{
    Off,
    On,
    Paused,

    /// <summary>It was on its way when the process died, or a server did not answer.</summary>
    Unsettled,
}

/// <summary>A phone with its photos and notes, the folder of the device on it, and a clock of its own.</summary>
internal sealed class ModelDevice(string home)
{
    internal static readonly Category[] Switches = [Category.Photos, Category.Notes];
    private int written;

    /// <summary>Another folder after each death: what the dead process had on its disk.</summary>
    internal string Home { get; private set; } = home;

    private readonly string name = home;

    internal string Id { get; set; } = "";

    internal ModelTime Time { get; init; } = new();

    /// <summary>It was to remove itself.</summary>
    internal bool Leaves { get; set; }

    internal Dictionary<Category, Wish> Wishes { get; } = Switches.ToDictionary(static c => c, static _ => Wish.Off);

    /// <summary>How often each was asked to be on.</summary>
    internal Dictionary<Category, int> Ons { get; } = Switches.ToDictionary(static c => c, static _ => 0);

    private string Folder(Category category) => Directory.CreateDirectory(Path.Combine(name + "-phone", category.Name())).FullName;

    internal void AddSources(DeviceHome opened)
    {
        foreach (Category category in Switches) opened.AddSource(category, Folder(category));
    }

    /// <summary>Something new on the phone, and all that is there then.</summary>
    internal SortedDictionary<string, string> Change(Category category)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"{(category == Category.Photos ? "IMG" : "Note")}_{++written:d4}");
        string text = $"{file} of {Path.GetFileName(name)} {Guid.NewGuid()}";
        File.WriteAllText(Path.Combine(Folder(category), file + (category == Category.Photos ? ".jpg" : ".md")), text);
        return Held(Folder(category));
    }

    /// <summary>Each file's name and what it says.</summary>
    internal static SortedDictionary<string, string> Held(string folder) =>
        new(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(static f => Path.GetFileName(f), static f => File.ReadAllText(f, Encoding.UTF8)), StringComparer.Ordinal);

    /// <summary>Any password of a category that lies on this device, also on its way in or out.</summary>
    internal string[] Passwords(Category category)
    {
        string vaults = Path.Combine(Home, "vaults");
        return [.. Directory.GetDirectories(vaults).Where(d => Path.GetFileName(d) == category.Name() || Path.GetFileName(d).Contains($"-{category.Name()}-", StringComparison.Ordinal))
            .Select(static d => Path.Combine(d, "password")).Where(File.Exists)];
    }

    /// <summary>From now on the device is what its folder holds in this moment. The ledger is held meanwhile: no death falls between its two files.</summary>
    internal void Die()
    {
        string copy = $"{name}.{Guid.NewGuid():N}";
        if (!Directory.Exists(Home))
        {
            Home = copy;
            return;
        }
        string ledger = Path.Combine(Home, "ledger.ndjson");
        using (FileStream? held = File.Exists(ledger) ? Hold(ledger) : null)
        {
            HomeFolder.CreatePrivateFolder(copy);
            foreach (string folder in Directory.GetDirectories(Home, "*", SearchOption.AllDirectories)) HomeFolder.CreatePrivateFolder(Path.Combine(copy, Path.GetRelativePath(Home, folder)));
            foreach (string file in Directory.GetFiles(Home, "*", SearchOption.AllDirectories).Where(f => f != ledger)) File.Copy(file, Path.Combine(copy, Path.GetRelativePath(Home, file)));
            if (held is not null)
            {
                using FileStream other = HomeFolder.CreateNew(Path.Combine(copy, Path.GetFileName(ledger)));
                held.CopyTo(other);
            }
        }
        Home = copy;
    }

    private static FileStream Hold(string ledger)
    {
        while (true)
        {
            try
            {
                return new FileStream(ledger, FileMode.Open, FileAccess.Read, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(1);
            }
        }
    }
}
