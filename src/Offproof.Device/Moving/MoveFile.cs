using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary><c>move.json</c>: what is still to be done of a move to another server, which was decided. Nothing in it is secret.</summary>
/// <param name="Schema">offproof/v1/move-state</param>
/// <param name="Folder">The name in <c>earlier/</c> of what this device was at the server that it left</param>
/// <param name="To">The new server's URL</param>
/// <param name="Categories">What is to be granted there anew, and is not yet</param>
internal sealed record MoveFile(string Schema, string Folder, Uri To, IReadOnlyList<MovingCategory> Categories)
{
    internal const string CurrentSchema = "offproof/v1/move-state";

    /// <summary>Null where no move is under way.</summary>
    internal static MoveFile? Read(HomeFolder home) => File.Exists(home.MoveFile) ? HomeJson.Read(home.MoveFile, HomeJson.Default.MoveFile) : null;

    internal void Write(HomeFolder home) => HomeFolder.Write(home.MoveFile, JsonSerializer.SerializeToUtf8Bytes(this, HomeJson.Default.MoveFile));

    /// <summary>Done for this category, or its owner decided otherwise. The home's lock is held.</summary>
    internal static void Drop(HomeFolder home, Category category)
    {
        if (Read(home) is not { } file) return;
        MovingCategory[] left = [.. file.Categories.Where(c => c.Category != category.Name())];
        if (left.Length > 0) (file with { Categories = left }).Write(home);
        else File.Delete(home.MoveFile);
    }
}

/// <summary>A category that was on or paused at the server that was left.</summary>
internal sealed record MovingCategory(string Category, bool Paused);
