using System.Globalization;
using Offproof.PhoneData;

// usage: phone-data FOLDER [--megabytes N]   N * 10^6 bytes in all; 2060 gives 8,001 files, and their number grows with N
bool wrong = args.Length is not (1 or 3) || (args.Length == 3 && args[1] != "--megabytes");
int megabytes = 2060;
if (wrong || (args.Length == 3 && !int.TryParse(args[2], NumberStyles.None, CultureInfo.InvariantCulture, out megabytes)) || megabytes < 50)
{
    Console.Error.WriteLine("usage: phone-data FOLDER [--megabytes N]   (N at least 50)");
    return 64;
}
if (Path.Exists(args[0]))
{
    Console.Error.WriteLine($"phone-data: error: {args[0]} is already there");
    return 1;
}
Phone phone = new(args[0], megabytes * 1_000_000L);
phone.Write();
Console.WriteLine($"{phone.Files} files, {phone.Bytes} bytes");
return 0;
