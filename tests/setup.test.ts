/** `scripts/setup.mjs` against a stand-in for npm, in a folder whose path has spaces: when it installs, and what it says. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { projectRoot } from "./project-files.ts";

const lock = {
  packages: {
    "": { name: "planted" },
    "node_modules/node": { version: "26.1.0", integrity: "sha512-a" },
    "node_modules/elsewhere": { version: "1.0.0", optional: true },
  },
};

/** Records the words that it is given; `ci` then installs the version of Node that FAKE_NODE names, if any. */
const fakeNpm = `
const fs = require("node:fs");
const words = process.argv.slice(2);
fs.appendFileSync("npm.log", words.join(" ") + "\\n");
if (words[0] === "config") console.log(process.env.FAKE_IGNORE_SCRIPTS);
if (words[0] !== "ci") process.exit(0);
if (process.env.FAKE_FAILURE) {
  console.error("npm error the registry is away");
  process.exit(7);
}
fs.rmSync("node_modules", { recursive: true, force: true });
fs.mkdirSync("node_modules/.bin", { recursive: true });
fs.mkdirSync("node_modules/node/bin", { recursive: true });
fs.copyFileSync("package-lock.json", "node_modules/.package-lock.json");
if (process.env.FAKE_NODE) {
  fs.writeFileSync("node_modules/node/bin/node", "#!/bin/sh\\necho " + process.env.FAKE_NODE + "\\n", { mode: 0o755 });
  fs.symlinkSync("../node/bin/node", "node_modules/.bin/node");
}
`;

const unixOnly = process.platform === "win32" && "the stand-in for Node is a shell script";

describe("setup", { skip: unixOnly }, () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "mycroft set up "));
    await mkdir(join(root, "scripts"));
    await cp(join(projectRoot, "scripts/setup.mjs"), join(root, "scripts/setup.mjs"));
    await writeFile(join(root, "npm-cli.js"), fakeNpm);
    await writeFile(join(root, "package-lock.json"), JSON.stringify(lock));
  });

  afterEach(() => rm(root, { recursive: true }));

  test("installs what the lock says, with a line before and a line after", async () => {
    const { status, stdout, stderr } = setUp({ FAKE_NODE: "v26.1.0" });
    assert.match(stdout, /^Setting up \(once\): [^\n]*Node 26\.1\.0[^\n]*\nSet up in \d+\.\d s\.\n$/);
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.deepEqual(await npmCalls(), ["ci --no-audit --no-fund --include=dev --loglevel=error"]);
  });

  test("does nothing, and says nothing, when all is in place", async () => {
    setUp({ FAKE_NODE: "v26.1.0" });
    assertSilent(setUp({ FAKE_FAILURE: "1" }));
    assert.equal((await npmCalls()).length, 1);
  });

  test("installs again when the lock has changed", async () => {
    setUp({ FAKE_NODE: "v26.1.0" });
    const changed = { packages: { ...lock.packages, "node_modules/node": { version: "26.2.0" } } };
    await writeFile(join(root, "package-lock.json"), JSON.stringify(changed));
    assert.match(setUp({ FAKE_NODE: "v26.2.0" }).stdout, /Node 26\.2\.0/);
    assert.equal((await npmCalls()).length, 2);
  });

  test("takes what npm has already installed by hand, other platforms' packages aside", async () => {
    setUp({ FAKE_NODE: "v26.1.0" });
    await rm(join(root, "node_modules/.mycroft-setup.json"));
    const { "node_modules/elsewhere": _, ...packages } = lock.packages;
    await writeFile(join(root, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
    assertSilent(setUp({ FAKE_FAILURE: "1" }));
  });

  test("shows npm's own error and fails, every time until npm succeeds", async () => {
    for (const _ of [1, 2]) {
      const { status, stderr } = setUp({ FAKE_FAILURE: "1" });
      assert.match(
        stderr,
        /^npm error the registry is away\n\nMycroft could not be set up\.\n`npm ci` ended with code 7;/,
      );
      assert.equal(status, 1);
    }
    assert.equal(setUp({ FAKE_NODE: "v26.1.0" }).status, 0);
  });

  test("says how to let the pinned Node in when npm may run no install scripts", () => {
    const { status, stderr } = setUp({ FAKE_IGNORE_SCRIPTS: "true" });
    assert.match(stderr, /ignore-scripts=true.*npm rebuild node --ignore-scripts=false/s);
    assert.equal(status, 1);
  });

  test("does not go on with another Node than the pinned one", () => {
    const { status, stderr } = setUp({ FAKE_NODE: "v24.0.0" });
    assert.match(stderr, /should be Node v26\.1\.0, and is v24\.0\.0\./);
    assert.equal(status, 1);
  });

  test("says that the checkout is incomplete when the lock is not there", async () => {
    await rm(join(root, "package-lock.json"));
    const { status, stderr } = setUp({});
    assert.match(stderr, /package-lock\.json is missing/);
    assert.equal(status, 1);
  });

  function setUp(env: NodeJS.ProcessEnv) {
    return spawnSync(process.execPath, [join(root, "scripts/setup.mjs")], {
      encoding: "utf8",
      env: {
        ...process.env,
        npm_execpath: join(root, "npm-cli.js"),
        npm_node_execpath: process.execPath,
        ...env,
      },
    });
  }

  async function npmCalls(): Promise<readonly string[]> {
    return (await readFile(join(root, "npm.log"), "utf8")).trim().split("\n");
  }
});

function assertSilent({ status, stdout, stderr }: ReturnType<typeof spawnSync>): void {
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
}
