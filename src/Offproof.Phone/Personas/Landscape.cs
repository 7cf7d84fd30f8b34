using System.Runtime.CompilerServices;

namespace Offproof.Phone;

/// <summary>
/// A drawn landscape: sky with a sun, clouds, hills, water or a meadow, trees, perhaps a cabin, and over all the grain of a small sensor.
/// The grain is what makes the file as large, and as hard to compress, as a photograph.
/// </summary>
static class Landscape
{
    readonly record struct Colour(int Y, int Cb, int Cr)
    {
        /// <summary>JFIF's conversion, in 1/65536.</summary>
        internal static Colour Rgb(int r, int g, int b) => new(
            ((19595 * r) + (38470 * g) + (7471 * b) + 32768) >> 16,
            128 + (((-11056 * r) - (21712 * g) + (32768 * b) + 32768) >> 16),
            128 + (((32768 * r) - (27440 * g) - (5328 * b) + 32768) >> 16));

        /// <summary>Of the way from this colour to another, <paramref name="part"/> / 256.</summary>
        internal Colour Towards(Colour other, int part) => new(
            Y + (((other.Y - Y) * part) >> 8), Cb + (((other.Cb - Cb) * part) >> 8), Cr + (((other.Cr - Cr) * part) >> 8));
    }

    sealed record Light(Colour SkyTop, Colour SkyLow, Colour Sun, Colour Far, Colour Near, Colour Ground, Colour Water, int Clouds);

    static readonly Light Day = new(Colour.Rgb(62, 120, 200), Colour.Rgb(178, 212, 240), Colour.Rgb(255, 250, 225), Colour.Rgb(120, 150, 178),
        Colour.Rgb(72, 104, 78), Colour.Rgb(96, 132, 58), Colour.Rgb(58, 104, 140), 70);
    static readonly Light Golden = new(Colour.Rgb(84, 110, 168), Colour.Rgb(252, 196, 128), Colour.Rgb(255, 236, 180), Colour.Rgb(150, 120, 128),
        Colour.Rgb(98, 84, 66), Colour.Rgb(134, 116, 52), Colour.Rgb(150, 120, 104), 90);
    static readonly Light Dusk = new(Colour.Rgb(34, 38, 84), Colour.Rgb(206, 108, 96), Colour.Rgb(255, 170, 120), Colour.Rgb(78, 62, 98),
        Colour.Rgb(44, 42, 58), Colour.Rgb(46, 52, 48), Colour.Rgb(84, 66, 96), 60);
    static readonly Light Overcast = new(Colour.Rgb(128, 138, 148), Colour.Rgb(198, 204, 208), Colour.Rgb(222, 224, 224), Colour.Rgb(136, 146, 150),
        Colour.Rgb(84, 98, 88), Colour.Rgb(92, 112, 74), Colour.Rgb(104, 118, 126), 110);

    /// <summary>Draws over the whole picture. <paramref name="hour"/> is the local hour; <paramref name="grain"/> about ten times the noise's deviation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Draw(Picture picture, SeededBits bits, int hour, int grain)
    {
        Light light = hour is < 6 or >= 20 ? Dusk : hour is < 8 or >= 18 ? Golden : bits.Below(3) == 0 ? Overcast : Day;
        int width = picture.Width, height = picture.Height, shorter = Math.Min(width, height);
        int horizon = height * bits.Between(50, 64) / 100;
        bool water = bits.Below(2) == 0;
        byte[] texture = Texture(bits);
        int[] far = Ridge(bits, width, horizon - (shorter * bits.Between(8, 16) / 100), shorter / 5);
        int[] near = Ridge(bits, width, horizon - (shorter / 30), shorter / 9);
        int[] shore = Ridge(bits, width, horizon + (shorter / 40), water ? 2 : shorter / 22);
        int sunX = width * bits.Between(15, 85) / 100, sunY = horizon * bits.Between(20, 70) / 100, sunR = shorter * bits.Between(3, 5) / 100, glow = sunR * 6;

        unchecked
        {
            for (int y = 0; y < height; y++)
            {
                Colour sky = light.SkyTop.Towards(light.SkyLow, Math.Min(256, y * 256 / horizon));
                int depth = Math.Max(1, y - horizon + (height / 12));
                int scale = height * 160 / depth; // texture steps per pixel, in 1/256: finer towards the horizon
                Colour ground = water
                    ? sky.Towards(light.Water, Math.Min(256, 90 + (Math.Max(0, y - horizon) * 200 / (height - horizon))))
                    : light.Ground.Towards(light.Near, Math.Max(0, 128 - (Math.Max(0, y - horizon) * 160 / (height - horizon))));
                int glowY = y - sunY;
                for (int x = 0; x < width; x++)
                {
                    Colour c;
                    int detail;
                    if (y >= shore[x])
                    {
                        c = ground;
                        detail = water
                            ? (texture[((y * scale >> 6) & 255) << 8 | ((x * scale >> 10) & 255)] - 128) >> 2
                            : (texture[((y * scale >> 7) & 255) << 8 | ((x * scale >> 8) & 255)] - 128) >> 1;
                    }
                    else if (y >= near[x])
                    {
                        c = light.Near;
                        detail = ((texture[((y >> 1) & 255) << 8 | ((x >> 1) & 255)] - 128) >> 2) - Math.Min(24, (y - near[x]) * 60 / shorter);
                    }
                    else if (y >= far[x])
                    {
                        c = light.Far.Towards(light.SkyLow, Math.Min(160, (y - far[x]) * 900 / shorter));
                        detail = (texture[((y >> 2) & 255) << 8 | ((x >> 2) & 255)] - 128) >> 3;
                    }
                    else
                    {
                        c = sky;
                        int cloud = texture[((y * 3 >> 3) & 255) << 8 | ((x * 3 >> 4) & 255)] - 150;
                        detail = cloud > 0 ? cloud * light.Clouds >> 7 : 0;
                        int dx = x - sunX, distance = (dx * dx) + (glowY * glowY);
                        if (distance < sunR * sunR) c = light.Sun;
                        else if (distance < glow * glow) c = c.Towards(light.Sun, 200 * (glow - Root(distance)) / glow);
                    }
                    picture.Luma[(y * width) + x] = (byte)Math.Clamp(c.Y + detail, 0, 255);
                    if (((x | y) & 1) == 0)
                    {
                        int at = ((y >> 1) * (width >> 1)) + (x >> 1);
                        picture.Blue[at] = (byte)c.Cb;
                        picture.Red[at] = (byte)c.Cr;
                    }
                }
            }
        }

        if (!water && bits.Below(2) == 0) Cabin(picture, bits, shorter, horizon);
        Trees(picture, bits, shorter, horizon, light.Near, water ? shorter / 24 : shorter / 4);
        Grain(picture.Luma, bits, grain);
    }

    /// <summary>The top of a range of hills for each column, by halving (midpoint displacement).</summary>
    static int[] Ridge(SeededBits bits, int width, int level, int rough)
    {
        int span = 1;
        while (span < width) span *= 2;
        int[] points = new int[span + 1];
        points[0] = level + bits.Between(-rough, rough);
        points[span] = level + bits.Between(-rough, rough);
        for (int half = span / 2; half >= 1; half /= 2, rough = rough * 9 / 16)
        {
            for (int i = half; i < span; i += half * 2) points[i] = ((points[i - half] + points[i + half]) / 2) + bits.Between(-rough, rough);
        }
        return points[..width];
    }

    /// <summary>256 by 256 bytes of smooth noise around 128 that tile without a seam.</summary>
    static byte[] Texture(SeededBits bits)
    {
        int[] sum = new int[65536];
        int weight = 96;
        for (int cell = 64; cell >= 2; cell /= 2, weight = weight * 5 / 8)
        {
            int cells = 256 / cell, mask = cells - 1;
            int[] corner = new int[cells * cells];
            foreach (ref int value in corner.AsSpan()) value = bits.Between(-weight, weight);
            unchecked
            {
                for (int y = 0; y < 256; y++)
                {
                    int cy = y / cell, fy = y % cell, down = ((cy + 1) & mask) * cells;
                    cy *= cells;
                    for (int x = 0; x < 256; x++)
                    {
                        int cx = x / cell, fx = x % cell, right = (cx + 1) & mask;
                        int top = (corner[cy + cx] * (cell - fx)) + (corner[cy + right] * fx);
                        int low = (corner[down + cx] * (cell - fx)) + (corner[down + right] * fx);
                        sum[(y << 8) | x] += ((top * (cell - fy)) + (low * fy)) / (cell * cell);
                    }
                }
            }
        }
        byte[] texture = new byte[65536];
        for (int i = 0; i < texture.Length; i++) texture[i] = (byte)Math.Clamp(128 + sum[i], 0, 255);
        return texture;
    }

    static void Trees(Picture picture, SeededBits bits, int shorter, int horizon, Colour green, int lowest)
    {
        for (int count = bits.Between(4, 16); count > 0; count--)
        {
            int foot = horizon + bits.Between(shorter / 40, lowest);
            int tall = ((foot - horizon) * bits.Between(80, 150) / 100) + (shorter / 20);
            int x = bits.Below(picture.Width);
            Colour shade = new(Math.Max(16, green.Y * bits.Between(35, 70) / 100), green.Cb, green.Cr);
            for (int row = 0; row < tall; row++)
            {
                // Three tiers of branches, each widening downwards.
                int tier = row % ((tall / 3) + 1), reach = (row / 5) + (tier / 5);
                Fill(picture, x - reach, foot - tall + row, (reach * 2) + 1, 1, shade);
            }
            Fill(picture, x - (tall / 40), foot, (tall / 20) + 1, tall / 10, Colour.Rgb(60, 44, 30));
        }
    }

    static void Cabin(Picture picture, SeededBits bits, int shorter, int horizon)
    {
        int wide = shorter * bits.Between(10, 16) / 100, tall = wide * 6 / 10, x = bits.Below(Math.Max(1, picture.Width - wide)), y = horizon + (shorter / 16);
        Fill(picture, x, y, wide, tall, Colour.Rgb(140, 62, 44));
        for (int row = 0; row < tall * 2 / 3; row++)
        {
            int inset = wide / 2 * row / (tall * 2 / 3);
            Fill(picture, x + inset - (wide / 16), y - row, wide - (inset * 2) + (wide / 8), 1, Colour.Rgb(58, 50, 48));
        }
        Fill(picture, x + (wide / 8), y + (tall / 4), wide / 5, tall / 3, Colour.Rgb(250, 214, 130));
        Fill(picture, x + (wide * 6 / 10), y + (tall / 4), wide / 5, tall * 3 / 4, Colour.Rgb(74, 46, 34));
    }

    internal static void Band(Picture picture, int y, int height, int luma) => Fill(picture, 0, y, picture.Width, height, new Colour(luma, 128, 128));

    static void Fill(Picture picture, int left, int top, int width, int height, Colour colour)
    {
        int right = Math.Min(picture.Width, left + width), bottom = Math.Min(picture.Height, top + height);
        left = Math.Max(0, left);
        for (int y = Math.Max(0, top); y < bottom && left < right; y++)
        {
            picture.Luma.AsSpan((y * picture.Width) + left, right - left).Fill((byte)colour.Y);
            int from = left / 2, to = (right + 1) / 2, row = y / 2 * (picture.Width / 2);
            picture.Blue.AsSpan(row + from, to - from).Fill((byte)colour.Cb);
            picture.Red.AsSpan(row + from, to - from).Fill((byte)colour.Cr);
        }
    }

    /// <summary>Adds to each pixel the sum of two random bytes, scaled: nearly the bell curve of a sensor's noise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Grain(byte[] luma, SeededBits bits, int grain)
    {
        unchecked
        {
            for (int i = 0; i < luma.Length; i += 4)
            {
                ulong word = bits.Next();
                for (int j = 0; j < 4; j++, word >>= 16)
                {
                    int noise = (((int)(word & 255) + (int)((word >> 8) & 255) - 255) * grain) >> 10;
                    int value = luma[i + j] + noise;
                    luma[i + j] = (byte)(value < 0 ? 0 : value > 255 ? 255 : value);
                }
            }
        }
    }

    /// <summary>The integer square root, by Newton's steps.</summary>
    static int Root(int value)
    {
        if (value < 2) return value;
        int root = 1 << ((33 - System.Numerics.BitOperations.LeadingZeroCount((uint)value)) / 2);
        while (true)
        {
            int next = (root + (value / root)) / 2;
            if (next >= root) return root;
            root = next;
        }
    }
}
