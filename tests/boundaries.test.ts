/**
 * The architecture is held by the linter (biome.json) and the packages' manifests. A check that sees nothing passes, so
 * each rule is shown to bite on planted violations, and the real checks are shown to see every file.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { lintCheck, runCheck, typesCheck, webTestTypesCheck, webTypesCheck } from "../scripts/checks.ts";
import { type Findings, lintPlanted } from "./planted-tree.ts";
import { listFiles, listPackages, projectRoot } from "./project-files.ts";
import { innocent, violations } from "./violations.ts";

/** What each package may import of the others; a manifest declares what its package does import (knip sees to that). */
const architecture: ReadonlyMap<string, readonly string[]> = new Map([
  ["errors", []],
  ["csv", ["errors"]],
  ["engine", ["errors"]],
  ["ensemble", ["errors"]],
  ["protocol", ["errors"]],
  ["sdk", ["engine", "ensemble", "errors", "protocol"]],
  ["runtime", ["engine", "ensemble", "errors", "protocol", "sdk"]],
  ["gateways", ["engine", "ensemble", "errors", "protocol", "runtime", "sdk"]],
  ["embedded", ["engine", "ensemble", "errors", "gateways", "runtime", "sdk"]],
  ["distributed", ["engine", "ensemble", "errors", "gateways", "protocol", "runtime", "sdk"]],
  ["evaluation", ["csv", "ensemble", "errors"]],
  ["investing", ["csv", "ensemble", "errors", "sdk"]],
  [
    "backtest",
    ["engine", "ensemble", "errors", "evaluation", "gateways", "investing", "protocol", "runtime", "sdk"],
  ],
  ["record", ["engine", "ensemble", "errors", "investing", "protocol", "runtime", "sdk"]],
  [
    "server",
    [
      "backtest",
      "engine",
      "ensemble",
      "errors",
      "evaluation",
      "investing",
      "protocol",
      "record",
      "runtime",
      "sdk",
    ],
  ],
  [
    "cli",
    [
      "backtest",
      "distributed",
      "embedded",
      "engine",
      "ensemble",
      "errors",
      "evaluation",
      "gateways",
      "investing",
      "protocol",
      "record",
      "runtime",
      "sdk",
      "server",
    ],
  ],
]);

describe("the linter", () => {
  let planted: Findings;

  before(async () => {
    const guilty = Object.fromEntries(violations.map(({ path, code }) => [path, code]));
    planted = await lintPlanted({ ...innocent, ...guilty });
  });

  for (const { rule, path } of violations) {
    test(`${rule} rejects ${path}`, () => {
      const rules = [...(planted.rulesByFile.get(path) ?? [])];
      assert.ok(rules.includes(rule), `the rules that fired there: ${rules.join(", ") || "none"}`);
      assert.equal(planted.passed, false);
    });
  }

  test("accuses no file in which nothing was planted", () => {
    const guilty = new Set(violations.map(({ path }) => path));
    assert.deepEqual(
      [...planted.rulesByFile].filter(([path]) => !guilty.has(path)),
      [],
    );
  });

  test("passes a tree without violations", async () => {
    assert.deepEqual(await lintPlanted(innocent), { passed: true, rulesByFile: new Map() });
  });

  test("sees every file that git knows", async (t) => {
    const known = await listFiles(".ts", ".tsx", ".js", ".mjs", ".css", "package.json");
    if (known === undefined) return t.skip("not a git checkout");
    const { stdout, stderr } = await runCheck(lintCheck, projectRoot, ["--verbose"]);
    const [, list = ""] = `${stdout}${stderr}`.split("Files processed:");
    const seen = new Set(Array.from(list.matchAll(/^ +- (.+)$/gm), ([, path]) => path));
    assert.deepEqual(
      known.filter((path) => !seen.has(path)),
      [],
    );
  });
});

/** Imports packages that only `npm run bench -- peers` installs; the tsconfig.json beside it checks it then. */
const checkedApart = "bench/peers/libraries/";

test("the type check sees every TypeScript file that git knows", async (t) => {
  const known = await listFiles(".ts", ".tsx");
  if (known === undefined) return t.skip("not a git checkout");
  const lists = await Promise.all(
    [typesCheck, webTypesCheck, webTestTypesCheck].map((check) =>
      runCheck(check, projectRoot, ["--listFilesOnly"]),
    ),
  );
  const seen = new Set(lists.flatMap(({ stdout }) => stdout.split("\n").map((path) => path.trim())));
  assert.deepEqual(
    known.filter((path) => !path.startsWith(checkedApart) && !seen.has(`${projectRoot}${path}`)),
    [],
  );
});

describe("the manifests", () => {
  test("declare no package that the architecture does not allow", async () => {
    for (const { folder, manifest } of await listPackages()) {
      const allowed = architecture.get(roomOf(manifest.name));
      assert.ok(allowed, `${folder}: say in the table above what it may import`);
      const forbidden = roomsIn(manifest.dependencies).filter((room) => !allowed.includes(room));
      assert.deepEqual(forbidden, [], `${folder} may import only ${allowed.join(", ")}`);
    }
  });

  test("form no circle, so that every package can be understood after those that it imports", async () => {
    const rooms = new Map(
      (await listPackages()).map(({ manifest }) => [roomOf(manifest.name), roomsIn(manifest.dependencies)]),
    );
    for (let left = rooms.size; left > 0; left = rooms.size) {
      for (const [room, imports] of rooms) {
        if (!imports.some((other) => rooms.has(other))) rooms.delete(room);
      }
      assert.ok(rooms.size < left, `a circle among ${[...rooms.keys()].join(", ")}`);
    }
  });

  test("declare no package of the project in a version that is not the one that stands here", async () => {
    const packages = await listPackages();
    const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
    for (const { folder, manifest } of packages) {
      for (const [name, version] of Object.entries({
        ...manifest.dependencies,
        ...manifest.devDependencies,
      })) {
        if (name.startsWith("@mycroft/")) assert.equal(version, versions.get(name), `${folder}: ${name}`);
      }
    }
  });
});

function roomOf(name: string): string {
  return name.replace("@mycroft/", "");
}

function roomsIn(dependencies: Readonly<Record<string, string>> = {}): readonly string[] {
  const names = Object.keys(dependencies).filter((name) => name.startsWith("@mycroft/"));
  return names.map(roomOf).sort();
}
