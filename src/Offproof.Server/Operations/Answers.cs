using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Server;

/// <summary>Small requests and answers: whole in memory, and bounded.</summary>
static class Answers
{
    static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static RequestDelegate Route(Func<HttpContext, Task<IResult>> handler) => async context =>
    {
        var result = await handler(context);
        await result.ExecuteAsync(context);
    };

    internal static RequestDelegate Route(Func<HttpContext, IResult> handler) => context => handler(context).ExecuteAsync(context);

    internal static IResult Refuse(Refusal why) => Problem.Of(why);

    internal static IResult Json(Action<Utf8JsonWriter> write, string contentType = "application/json") =>
        Results.Bytes(Written(write), contentType);

    // For an answer that may be long: `write` pours out what it has written so far, again and again.
    internal static IResult LongJson(Func<Utf8JsonWriter, Func<Task>, Task> write) => new Poured(write);

    internal static IResult Record(string compact, bool first) =>
        Results.Text(compact, "application/jose", statusCode: first ? StatusCodes.Status201Created : StatusCodes.Status200OK);

    internal static string JsonText(Action<Utf8JsonWriter> write) => System.Text.Encoding.UTF8.GetString(Written(write));

    // The whole body, or null when there is more than `most` of it.
    internal static async Task<byte[]?> ReadBodyAsync(HttpContext context, int most)
    {
        if (context.Request.ContentLength > most) return null;
        byte[] buffer = new byte[most + 1];
        int length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        return length > most ? null : buffer[..length];
    }

    sealed class Poured(Func<Utf8JsonWriter, Func<Task>, Task> write) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/json";
            await using Utf8JsonWriter writer = new(httpContext.Response.BodyWriter, Plain);
            await write(writer, PourAsync);

            async Task PourAsync()
            {
                await writer.FlushAsync(httpContext.RequestAborted);
                await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
            }
        }
    }

    static byte[] Written(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Plain)) write(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
