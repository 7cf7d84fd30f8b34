// A device by tuf-js: node tuf.mjs NPM PUBLIC CLIENT TARGET... serves PUBLIC on loopback, refreshes CLIENT (pinned to 1.root.json where it is new) and downloads the targets.
// Says the versions that it trusts and each target's SHA-256; ends with 1 and the error's name where it refuses.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, normalize } from "node:path";

const [npm, folder, client, ...targets] = process.argv.slice(2);
const { Updater } = createRequire(join(npm, "package.json"))("tuf-js");

const server = createServer((request, response) => {
    const file = join(folder, normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replace(/^\/channel\//, ""));
    if (!existsSync(file)) return response.writeHead(404).end();
    response.end(readFileSync(file));
});
await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}/channel`;

mkdirSync(join(client, "targets"), { recursive: true });
if (!existsSync(join(client, "root.json"))) copyFileSync(join(folder, "1.root.json"), join(client, "root.json"));
const updater = new Updater({ metadataDir: client, metadataBaseUrl: base, targetDir: join(client, "targets"), targetBaseUrl: `${base}/targets`, config: { fetchRetries: 0 } });
try {
    await updater.refresh();
    for (const role of ["root", "timestamp", "snapshot", "targets"]) console.log(`${role} ${JSON.parse(readFileSync(join(client, `${role}.json`))).signed.version}`);
    for (const name of targets) {
        const info = await updater.getTargetInfo(name);
        if (!info) throw new Error(`no target ${name}`);
        const path = await updater.downloadTarget(info, join(client, "targets", encodeURIComponent(name)));
        console.log(`${name} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`);
    }
} catch (e) {
    console.log(`refused ${e.name}: ${e.message}`);
    process.exitCode = 1;
} finally {
    server.close();
    server.closeAllConnections();
}
