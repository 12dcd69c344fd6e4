// Bundles the scripts of the pages into ../static/dist, with hashed names and a manifest.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const OUT = path.join(HERE, "..", "static", "dist");
// What a page may load by name; all else is a chunk that one of these asks for.
const ENTRIES = ["editor"];
const LICENCES = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license"];

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const { metafile } = await build({
  absWorkingDir: HERE,
  entryPoints: Object.fromEntries(ENTRIES.map((name) => [name, `src/${name}.js`])),
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
for (const file of Object.keys(metafile.outputs)) compress(path.resolve(HERE, file));
writeFileSync(path.join(OUT, "manifest.json"), JSON.stringify(manifest(), null, 1));
writeFileSync(path.join(OUT, "THIRD_PARTY_LICENSES.txt"), notices());

/** Name of an entry → its file, the digest of its bytes, and the chunks it loads at once. */
function manifest() {
  const found = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint?.startsWith("src/")) continue;
    const name = path.basename(output.entryPoint, ".js");
    if (!ENTRIES.includes(name)) continue;
    const bytes = readFileSync(path.resolve(HERE, file));
    found[name] = {
      file: path.basename(file),
      integrity: `sha384-${createHash("sha384").update(bytes).digest("base64")}`,
      imports: atOnce(file),
    };
  }
  return found;
}

/** Puts the file's compressed forms beside it, so that no request has to make them. */
function compress(file) {
  const bytes = readFileSync(file);
  writeFileSync(`${file}.br`, brotliCompressSync(bytes));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

/** The chunks that a file imports statically, and what those import. */
function atOnce(file, seen = new Set()) {
  for (const each of metafile.outputs[file].imports) {
    if (each.kind !== "import-statement" || seen.has(each.path)) continue;
    seen.add(each.path);
    atOnce(each.path, seen);
  }
  return [...seen].map((chunk) => path.basename(chunk)).sort();
}

/** The notices that the licences of the bundled packages ask to travel with them. */
function notices() {
  const folders = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)/);
    if (found) folders.add(path.resolve(HERE, found[1]));
  }
  return [...folders].sort().map(notice).join("\n\n");
}

function notice(folder) {
  const about = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const file = LICENCES.map((name) => path.join(folder, name)).find(existsSync);
  const text = file ? readFileSync(file, "utf8") : "(the package holds no licence file)";
  return `${about.name} ${about.version} (${about.license})\n\n${text}`;
}
