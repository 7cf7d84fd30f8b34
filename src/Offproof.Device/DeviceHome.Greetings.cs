using Offproof.Channel;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    /// <summary>The greetings that are held, to be searched; none before the first poll. Opens no connection.</summary>
    /// <exception cref="DeviceException">They are damaged.</exception>
    public GreetingSearch OpenGreetings() => Reading(new PublicChannel(home.Channel, time).OpenSearch);

    /// <summary>What the owner keeps, in the order of keeping.</summary>
    /// <exception cref="DeviceException">The file cannot be read.</exception>
    public IReadOnlyList<Greeting> Favourites() => FavouritesFile.Read(home);

    /// <summary>Keeps an entry; one that is kept stays where it is.</summary>
    /// <exception cref="DeviceException">There are as many as can be kept.</exception>
    public void KeepFavourite(Greeting greeting)
    {
        using FileStream alone = home.Lock(time, CancellationToken.None);
        IReadOnlyList<Greeting> kept = FavouritesFile.Read(home);
        if (kept.Any(known => known.Id == greeting.Id)) return;
        if (kept.Count == FavouritesFile.Most) throw new DeviceException(DeviceFault.Refused, $"there are {FavouritesFile.Most} favourites, which is the most", "offproof greetings --unfavourite ID");
        FavouritesFile.Write(home, [.. kept, greeting]);
    }

    /// <summary>Forgets one; false where it was none.</summary>
    public bool DropFavourite(string id)
    {
        using FileStream alone = home.Lock(time, CancellationToken.None);
        IReadOnlyList<Greeting> kept = FavouritesFile.Read(home);
        if (kept.All(known => known.Id != id)) return false;
        FavouritesFile.Write(home, [.. kept.Where(known => known.Id != id)]);
        return true;
    }
}
