/** What holds for the repository as a whole: licences, packages, the lock file, and the house style that no tool checks. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import {
  listFiles,
  listPackages,
  type Manifest,
  projectRoot,
  readManifest,
  readText,
} from "./project-files.ts";

const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

/**
 * Tools that build or test the web application and of which nothing goes into what is served: their licence (MPL-2.0) asks
 * something only of whoever changes them. Nothing else of the kind has it: lightningcss is what Vite minifies style sheets
 * with, and axe-core is the standard check of accessibility.
 */
const weakCopyleftTools = /^node_modules\/(?:axe-core|lightningcss(?:-[a-z0-9-]+)?)$/;

/** Empty lines aside. Tests are lists by nature, and may be longer. */
const maxLines = { source: 450, test: 600 };

interface LockEntry extends Pick<Manifest, "dependencies" | "devDependencies" | "bin"> {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly license?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

describe("licences", () => {
  test("the project is under the MIT licence", async () => {
    const text = await readText("LICENSE");
    assert.match(text, /^MIT License\n/);
    assert.match(text, /Permission is hereby granted, free of charge, to any person obtaining a copy/);
    assert.match(text, /THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND/);
    assert.equal((await readManifest(".")).license, "MIT");
  });

  test("every library that a package names has a permissive licence", async () => {
    const manifests = [await readManifest("."), ...(await listPackages()).map(({ manifest }) => manifest)];
    const named = manifests.flatMap(({ dependencies, devDependencies }) =>
      Object.keys({ ...dependencies, ...devDependencies }),
    );
    for (const library of new Set(named)) {
      const path = `node_modules/${library}`;
      const { license } = await readManifest(path);
      assert.ok(isAllowed(path, license), `${library} is under ${license ?? "no licence"}`);
    }
  });

  test("every library that those bring along has a permissive licence", async () => {
    for (const [path, { link, license }] of Object.entries((await readLock()).packages)) {
      if (link !== true) assert.ok(isAllowed(path, license), `${path} is under ${license ?? "no licence"}`);
    }
  });
});

describe("the lock file", () => {
  test("names no registry, so that every machine asks its own", async () => {
    for (const [path, { resolved = "" }] of Object.entries((await readLock()).packages)) {
      assert.doesNotMatch(resolved, /:/, path);
    }
  });

  test("agrees with the manifests, or `npm ci` refuses it", async () => {
    const { packages } = await readLock();
    const manifests = [{ folder: "", manifest: await readManifest(".") }, ...(await listPackages())];
    for (const { folder, manifest } of manifests) {
      assert.deepEqual(
        needsOf(packages[folder]),
        needsOf(manifest),
        `${folder}/package.json: run npm install`,
      );
    }
  });

  test("holds every platform's build of a tool that comes in builds, so that `npm ci` works on all", async () => {
    const { packages } = await readLock();
    for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
      for (const build of Object.keys(optionalDependencies)) {
        const places = [`${path}/node_modules/${build}`, `node_modules/${build}`];
        assert.ok(
          places.some((place) => place in packages),
          `${path} needs ${build}`,
        );
      }
    }
  });
});

describe("every package", async () => {
  for (const { folder, manifest } of await listPackages()) {
    test(`${folder} is private, under MIT, and has a front door and a README`, async () => {
      assert.equal(manifest.name, `@mycroft/${folder.replace("packages/", "")}`);
      assert.equal(manifest.private, true);
      assert.equal(manifest.license, "MIT");
      assert.equal(manifest.exports?.["."], "./src/index.ts");
      for (const door of Object.values(manifest.exports ?? {})) {
        assert.match(await readText(join(folder, door)), /^export /m, `${door} exports nothing`);
      }
      assert.match(await readText(join(folder, "README.md")), new RegExp(`^# ${manifest.name}\n`));
    });
  }
});

describe("every file", () => {
  test(`has at most ${maxLines.source} lines, and ${maxLines.test} if it is a test`, async (t) => {
    const paths = await listFiles(".ts", ".tsx", ".js", ".mjs");
    if (paths === undefined) return t.skip("not a git checkout");
    for (const path of paths) {
      const lines = (await readText(path)).split("\n").filter((line) => line.trim() !== "").length;
      const limit = path.endsWith(".test.ts") ? maxLines.test : maxLines.source;
      assert.ok(lines <= limit, `${path} has ${lines} lines; what in it wants a file of its own?`);
    }
  });

  test("is named for what it holds", async (t) => {
    const paths = await listFiles(".ts", ".tsx", ".js", ".mjs");
    if (paths === undefined) return t.skip("not a git checkout");
    const vague = /(?:^|[/.-])(?:utils?|helpers?|commons?|misc|manager)(?:[/.-]|$)/;
    assert.deepEqual(
      paths.filter((path) => vague.test(path)),
      [],
    );
  });

  test("is free of this or that machine's paths", async (t) => {
    const paths = await listFiles("");
    if (paths === undefined) return t.skip("not a git checkout");
    const machinePath =
      /(?<![\w.#$%}-])\/(?:Users|home|root|work|workspace|private\/var)\/[\w.-]+|\b[A-Z]:\\\w+/;
    for (const path of paths) {
      const [found] = machinePath.exec(await readText(path)) ?? [];
      assert.equal(found, undefined, path);
    }
  });

  test("that a document links to is there", async (t) => {
    const paths = await listFiles(".md");
    if (paths === undefined) return t.skip("not a git checkout");
    for (const path of paths) {
      for (const [, target = ""] of (await readText(path)).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        assert.ok(existsSync(join(projectRoot, dirname(path), target)), `${path} links to ${target}`);
      }
    }
  });

  test("of tests leaves none out without saying why", async (t) => {
    const paths = await listFiles(".test.ts");
    if (paths === undefined) return t.skip("not a git checkout");
    const silent =
      /\.only\(|\bonly: true|\b(?:test|it|describe|suite)\.(?:skip|todo)\(|\.(?:skip|todo)\(\)|\b(?:skip|todo): true/;
    for (const path of paths) {
      const [found] = silent.exec(await readText(path)) ?? [];
      assert.equal(found, undefined, `${path}: give the reason, as in { skip: "needs ..." }`);
    }
  });

  test("that CI starts may be started", async (t) => {
    if (process.platform === "win32") return t.skip("Windows has no such permission");
    assert.equal((await stat(join(projectRoot, ".ci/run"))).mode & 0o111, 0o111);
  });
});

function needsOf(entry: Pick<Manifest, "dependencies" | "devDependencies" | "bin"> = {}) {
  const { dependencies = {}, devDependencies = {}, bin = {} } = entry;
  return { dependencies, devDependencies, commands: Object.keys(bin) };
}

async function readLock(): Promise<Lock> {
  return JSON.parse(await readText("package-lock.json"));
}

function isAllowed(path: string, licence: string | undefined): boolean {
  return isPermissive(licence) || (licence === "MPL-2.0" && weakCopyleftTools.test(path));
}

/** Of an SPDX expression: every part joined by AND has to be permissive, and of those joined by OR one. */
function isPermissive(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  const parts = expression.replaceAll(/[()]/g, "").split(" AND ");
  return parts.every((part) => part.split(" OR ").some((licence) => permissive.has(licence.trim())));
}
