// Builds what the browser loads from npm packages into assets/vendor/: a plotly.js with only the traces we draw (a small
// one for bars and lines, a whole one for pages that draw more), what Dash needs of its polyfills, country shapes, the
// typeface. Names carry a fingerprint, so a browser may keep them for a year; manifest.json maps
// plain names to them. Text files get .br and .gz twins, made once here instead of at each request.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const require = createRequire(import.meta.url);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vendor = join(root, "assets", "vendor");
const FIRST_TRACES = ["bar", "scatter"];
const TRACES = [...FIRST_TRACES, "pie", "heatmap", "choropleth", "scattergeo", "sankey", "treemap"];
const MAPS = ["world_110m", "world_50m"];
const manifest = {};

function put(name, content, { fingerprint = true } = {}) {
  const bytes = Buffer.from(content);
  const extension = extname(name);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = fingerprint ? `${name.slice(0, -extension.length)}.${hash}${extension}` : name;
  const path = join(vendor, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  if (extension !== ".woff2") {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
  manifest[name] = file;
  return file;
}

async function plotly(name, traces) {
  const registered = traces.map((trace) => `require("plotly.js/lib/${trace}")`).join(",");
  const entry = `const Plotly = require("plotly.js/lib/core"); Plotly.register([${registered}]); window.Plotly = Plotly;`;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    target: "es2020",
    define: { global: "window" },
    loader: { ".css": "empty" }, // the stylesheet of map tiles, which we do not draw
    legalComments: "none",
    logLevel: "error",
  });
  put(name, outputFiles[0].contents);
}

// Dash sends 100 kB of polyfills for browsers of before 2020, of which its own components still need this one.
function regenerator() {
  put("regenerator.js", readFileSync(require.resolve("regenerator-runtime/runtime.js")));
}

// Plotly asks for <topojsonURL>/world_110m.json by itself, so these names carry no fingerprint; the folder does.
function maps() {
  const version = require("plotly.js/package.json").version;
  const source = readFileSync(require.resolve("plotly.js/dist/plotly-geo-assets.js"), "utf8");
  const sandbox = { window: {}, self: {} };
  runInNewContext(source, sandbox);
  const shapes = sandbox.window.Plotly.topojson;
  for (const name of MAPS) {
    put(`topojson-${version}/${name}.json`, JSON.stringify(shapes[name]), { fingerprint: false });
  }
  manifest.topojson = `topojson-${version}/`;
}

function typeface() {
  const folder = dirname(require.resolve("@fontsource-variable/inter/package.json"));
  const subsets = [
    ["latin", "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"],
    ["latin-ext", "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF"],
  ];
  const rules = subsets.map(([subset, range]) => {
    const file = put(`inter-${subset}.woff2`, readFileSync(join(folder, "files", `inter-${subset}-wght-normal.woff2`)));
    return `@font-face{font-family:"Inter Variable";font-style:normal;font-display:swap;font-weight:100 900;` +
      `src:url("${file}") format("woff2-variations");unicode-range:${range}}`;
  });
  put("inter.css", rules.join("\n"));
}

// Our icons as masks, which take the colour of the text; inside the stylesheet, so they cost no requests.
function icons() {
  const folder = join(root, "assets", "icons");
  const rules = readdirSync(folder).sort().map((file) => {
    const url = `url("data:image/svg+xml,${encodeURIComponent(readFileSync(join(folder, file), "utf8").trim())}")`;
    return `.tb-icon-${file.slice(0, -4)}{-webkit-mask-image:${url};mask-image:${url}}`;
  });
  put("icons.css", rules.join("\n"));
}

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
await plotly("plotly.js", FIRST_TRACES);
await plotly("plotly-whole.js", TRACES);
regenerator();
maps();
typeface();
icons();
writeFileSync(join(vendor, "manifest.json"), JSON.stringify(manifest, null, 1));
