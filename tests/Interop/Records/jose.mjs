// The vectors of docs/consent.md in the hands of the npm package jose.
// usage: node jose.mjs VECTORS MODULES    the folder of the vectors, and where jose is installed
// Says what is not as the lists have it, then how much it looked at. Exit code 1 where anything was said.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { deepStrictEqual } from "node:assert";

const [vectors, modules] = process.argv.slice(2);
const jose = await import(pathToFileURL(createRequire(join(resolve(modules), "x.cjs")).resolve("jose")).href);
const read = (name) => readFileSync(join(vectors, name), "utf8");
const json = (name) => JSON.parse(read(name));
const hex = (base64url) => Buffer.from(base64url, "base64url").toString("hex");
const complaints = [];
const complain = (name, what) => complaints.push(`${name}: ${what}`);

// jose decodes base64url as Node's Buffer does, which overlooks spare bits that are not zero. The rule (consent.md §1.7) is the reader's own.
const overlooked = new Set(["signature-trailing-bits"]);

const keys = new Map();
const published = json("keys.json");
const [account, server] = [published.sheet.thumbprint, published.server.thumbprint];
const sheets = new Set();
for (const [name, { jwk, thumbprint }] of Object.entries(published).filter(([name]) => name !== "note")) {
  if (hex(await jose.calculateJwkThumbprint(jwk, "sha256")) !== thumbprint) complain(name, "jose gives another thumbprint");
  keys.set(thumbprint, await jose.importJWK(jwk, "ES256"));
  if (name.endsWith("sheet")) sheets.add(thumbprint);
}

// The key comes from the reader's store, by kid: never from the record. The typ is asked for, the algorithms are one.
const options = { algorithms: ["ES256"] };
const keyOf = (header) => keys.get(header.kid) ?? Promise.reject(new Error("no such key"));

// What a reader asks jose for, of each good record: its typ, and who it is from, for and about.
const expected = new Map();
const hashes = json("hashes.json");
const files = readdirSync(vectors).filter((name) => name.endsWith(".jws"));
deepStrictEqual(files.map((name) => name.slice(0, -4)).sort(), Object.keys(hashes).sort());
for (const [name, hash] of Object.entries(hashes)) {
  const record = read(`${name}.jws`);
  const typ = `offproof-${name.split("-")[0]}+jwt`;
  try {
    const { protectedHeader, payload } = await jose.compactVerify(record, keyOf, options);
    if (protectedHeader.typ !== typ) complain(name, `typ is ${protectedHeader.typ}`);
    const claims = JSON.parse(new TextDecoder().decode(payload));
    deepStrictEqual(claims, json(`${name}.payload.json`));
    const issuer = sheets.has(protectedHeader.kid) ? account : protectedHeader.kid;
    const audience = typ === "offproof-receipt+jwt" ? claims.aud : server;
    const subject = typ === "offproof-certificate+jwt" ? claims.sub : account;
    const wanted = { ...options, typ, issuer, audience, subject, requiredClaims: ["iss", "sub", "aud", "iat"] };
    await jose.jwtVerify(record, keyOf, wanted);
    expected.set(name, wanted);
    if (claims.cnf && hex(await jose.calculateJwkThumbprint(claims.cnf.jwk)) !== (claims.device ?? claims.sub)) complain(name, "cnf.jwk has another thumbprint");
  } catch (error) {
    complain(name, error.message);
  }
  if (createHash("sha256").update(record.slice(0, record.lastIndexOf("."))).digest("hex") !== hash) complain(name, "another record hash");
}

const refuses = (call) => call.then(() => false, () => true);
const refused = json("refused.json");
let [byForm, byClaims] = [0, 0];
for (const { file, made_from: from, clause, signature_is_right: right } of refused) {
  const [name, record] = [file.slice(0, -4), read(`refused/${file}`)];
  let alg;
  try {
    alg = jose.decodeProtectedHeader(record).alg;
  } catch {
    alg = undefined;
  }
  const form = await refuses(jose.compactVerify(record, keyOf, options));
  const claims = await refuses(jose.jwtVerify(record, keyOf, expected.get(from.slice(0, -4)) ?? {}));
  byForm += form;
  byClaims += claims;
  const must = !right || alg !== "ES256";
  if (must && form === overlooked.has(name)) complain(name, form ? "jose no longer overlooks it" : "jose takes it");
  if ((clause === "consent.md §1.3" || /-(iss|aud|sub|no-iat|as-sheet|as-account)$/.test(name)) && !claims) complain(name, "jose takes it for what it was made from");
}

for (const line of complaints) console.log(line);
console.log(`${files.length} records verified, ${refused.length} to be refused, of which jose refuses ${byForm} as a JWS and ${byClaims} as a JWT of their type, issuer, audience and subject; ${complaints.length} complaints`);
process.exitCode = complaints.length ? 1 : 0;
