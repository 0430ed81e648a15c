import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, test } from "node:test";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { buildWeb } from "./build-web.ts";
import { findWebApp, hashWebSources, type WebApp } from "./web-sources.ts";

/** Stands in for Vite: writes what it was given to build into a page, and each call into a log. */
const fakeTool = `
  const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
  const out = process.argv[process.argv.indexOf("--outDir") + 1];
  appendFileSync("../../calls.log", process.env.NODE_ENV + "\\n");
  if (existsSync("broken")) {
    console.error("\\u001b[31m[UNRESOLVED] Could not resolve './gone.tsx'\\u001b[0m\\n    at elsewhere (file:1)");
    process.exit(1);
  }
  mkdirSync(out + "/assets", { recursive: true });
  writeFileSync(out + "/assets/main.js", "/* " + "x".repeat(5000) + " */");
  writeFileSync(out + "/assets/small.js", "1");
  writeFileSync(out + "/index.html", readFileSync("src/main.tsx"));
  if (existsSync("hasty")) writeFileSync("src/main.tsx", "changed while it was built");
`;

const sites = temporaryFolder();

describe("the build of the web application", () => {
  let folder: { readonly path: string; readonly write: (name: string, content: string) => void };
  let app: WebApp;
  let count = 0;

  beforeEach(() => {
    count += 1;
    const site = `site-${count}`;
    folder = {
      path: join(sites.path, site),
      write: (name, content) => void sites.write(join(site, name), content),
    };
    const dependencies = { "@mycroft/shown": "1", vite: "1" };
    folder.write("apps/web/package.json", JSON.stringify({ dependencies }));
    folder.write("apps/web/src/main.tsx", "first");
    folder.write("packages/shown/package.json", JSON.stringify({ dependencies: { "@mycroft/deeper": "1" } }));
    folder.write("packages/shown/src/index.ts", "");
    folder.write("packages/deeper/package.json", "{}");
    folder.write("packages/deeper/src/index.ts", "");
    folder.write("packages/other/package.json", "{}");
    folder.write("package-lock.json", "{}");
    folder.write("apps/web/node_modules/vite/package.json", "{}");
    folder.write("apps/web/node_modules/vite/bin/vite.js", fakeTool);
    const found = findWebApp(`${folder.path}/`);
    assert.ok(found !== null);
    app = found;
  });

  const calls = () =>
    existsSync(join(app.root, "calls.log"))
      ? readFileSync(join(app.root, "calls.log"), "utf8").trim().split("\n")
      : [];

  async function ready() {
    const build = await buildWeb({ app });
    assert.ok(build.kind === "ready", JSON.stringify(build));
    return build;
  }

  test("is made once, for production, with compressed variants beside, and is taken after that", async () => {
    let told = 0;
    const onBuilding = () => {
      told += 1;
    };
    const first = await buildWeb({ app, onBuilding });
    assert.ok(first.kind === "ready" && first.wasBuilt);
    assert.equal(readFileSync(join(first.folder, "index.html"), "utf8"), "first");
    assert.deepEqual(readdirSync(join(first.folder, "assets")).sort(), [
      "main.js",
      "main.js.br",
      "main.js.gz",
      "small.js",
    ]);
    assert.deepEqual(await buildWeb({ app, onBuilding }), { ...first, wasBuilt: false });
    assert.deepEqual([told, calls()], [1, ["production"]]);
  });

  test("is made anew when anything that it is made of changes, and nothing else does that", async () => {
    const { folder: first } = await ready();
    folder.write("packages/other/src/index.ts", "no matter");
    folder.write("apps/web/src/main.test.ts", "no matter");
    assert.equal((await ready()).folder, first);
    const seen = new Set([await hashWebSources(app)]);
    for (const path of [
      "apps/web/src/new.css",
      "apps/web/public/favicon.svg",
      "apps/web/index.html",
      "packages/shown/src/index.ts",
      "packages/deeper/src/index.ts",
      "package-lock.json",
    ]) {
      folder.write(path, "other");
      seen.add(await hashWebSources(app));
    }
    assert.equal(seen.size, 7);
    assert.notEqual((await ready()).folder, first);
    assert.ok(existsSync(first), "a server may still send it");
  });

  test("is whole or not there, however many processes make it at once", async () => {
    const builds = await Promise.all(Array.from({ length: 4 }, ready));
    assert.equal(new Set(builds.map((build) => build.folder)).size, 1);
    assert.equal(readdirSync(join(app.folder, "dist")).length, 1, "nothing unfinished is left");
  });

  test("that fails says why, leaves nothing behind, and is tried again", async () => {
    folder.write("apps/web/broken", "");
    const failed = await buildWeb({ app });
    assert.deepEqual(failed, { kind: "failed", reason: "[UNRESOLVED] Could not resolve './gone.tsx'" });
    const dist = join(app.folder, "dist");
    assert.deepEqual(existsSync(dist) ? readdirSync(dist) : [], []);
    rmSync(join(app.folder, "broken"));
    await ready();
  });

  test("of sources that change meanwhile is not taken for that of the new ones", async () => {
    folder.write("apps/web/hasty", "");
    const build = await ready();
    assert.equal(readFileSync(join(build.folder, "index.html"), "utf8"), "changed while it was built");
  });

  test("keeps the newest few of the older ones, and takes away what was interrupted long ago", async () => {
    const dist = join(app.folder, "dist");
    const ages = ["1", "2", "3", "4", "5"].map((digit) => digit.repeat(16));
    for (const [index, name] of [...ages, ".unfinished-old"].entries()) {
      folder.write(`apps/web/dist/${name}/index.html`, "");
      utimesSync(join(dist, name), 1_000 + index, 1_000 + index);
    }
    folder.write("apps/web/dist/.unfinished-new/index.html", "");
    const { folder: made } = await ready();
    const left = readdirSync(dist).sort();
    assert.deepEqual(left, [...ages.slice(2), ".unfinished-new", made.slice(dist.length + 1)].sort());
  });

  test("is absent where there are no sources, or no tool", async () => {
    assert.equal((await buildWeb({ app: findWebApp(join(folder.path, "elsewhere")) })).kind, "absent");
    rmSync(join(app.folder, "node_modules"), { recursive: true });
    const build = await buildWeb({ app });
    assert.ok(build.kind === "absent");
    assert.match(build.reason, /npm run setup/u);
  });
});
