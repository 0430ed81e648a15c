/** What only a process can show: exit codes, what is loaded, pipes that break, strays, and the Node that it runs under. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { failsWith } from "./testing/assert-failure.ts";
import { callCommand } from "./testing/call-command.ts";
import { runMycroft } from "./testing/mycroft-process.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder({ isLinked: true });
const at = { cwd: folder.path };
/** For processes that load code from here: its compiled form is to go when the folder goes. */
const withOwnCode = { ...at, env: { NODE_COMPILE_CACHE: join(folder.path, "compiled") } };
const program = fileURLToPath(new URL("../bin/mycroft.js", import.meta.url));

test("--help loads nothing that a command needs", async () => {
  const hooks = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { process.stderr.write(url + "\\n"); return next(url, context); } });`;
  const nodeOptions = ["--import", `data:text/javascript,${encodeURIComponent(hooks)}`];
  const { exitCode, out, err } = await runMycroft(["--help"], { ...at, nodeOptions });
  assert.deepEqual([exitCode, out.includes("Usage: mycroft")], [0, true]);
  const loaded = err.split("\n").filter((url) => url.startsWith("file:"));
  assert.ok(
    loaded.some((url) => url.endsWith("/packages/cli/src/main.ts")),
    "the hook sees what is loaded",
  );
  const heavy = loaded.filter(
    (url) =>
      !/packages\/(?:(?:cli\/(?:bin|src|src\/text)|record\/src\/text)\/[\w-]+\.\w+|errors\/)|\/commander\//u.test(
        url,
      ),
  );
  assert.deepEqual(heavy, []);
});

test("P7 bad words: a code, the right exit code, and with --json one value on standard output", async () => {
  const bad: readonly (readonly [
    code: string,
    exitCode: number,
    words: readonly string[],
    input?: string,
  ])[] = [
    ["USAGE", 2, ["rns"]],
    ["DATA_FILE_UNREADABLE", 1, ["start", "--csv", "none.csv"]],
    ["LIMIT_EXCEEDED", 1, ["run", "investment-committee", "--input", "-"], " ".repeat(9 * 1024 * 1024)],
    ["NOT_FOUND", 1, ["explain", "latest", "AAPL"]],
  ];
  const results = await Promise.all(
    bad.map(async ([code, expected, words, input = ""]) => {
      const { exitCode, out, err } = await runMycroft([...words, "--json"], { ...at, input });
      return {
        words,
        code,
        expected,
        exitCode,
        err,
        error: (JSON.parse(out) as { error: { code: string } }).error,
      };
    }),
  );
  for (const { words, code, expected, exitCode, err, error } of results) {
    assert.deepEqual([error.code, exitCode, err], [code, expected, ""], words.join(" "));
  }
  assert.ok(!existsSync(join(folder.path, ".mycroft")), "nothing is written before a run can start");
});

test("a failure is one line for a person", async () => {
  const plain = await runMycroft(["decide", "APPL"], at);
  assert.deepEqual([plain.exitCode, plain.out], [1, ""]);
  assert.match(
    plain.err,
    /^error SYMBOL_UNKNOWN: .*there are AAPL, AMZN, GOOG, IBM, MSFT\. Did you mean AAPL\?\n$/u,
  );
});

test("P7 a foreign file in the store's place is refused and left as it is", async () => {
  const store = folder.write("foreign/.mycroft/mycroft.sqlite", "my diary");
  const started = await runMycroft(["start", "--folder", "foreign"], at);
  assert.deepEqual(
    [started.exitCode, /^error STORE_FOREIGN_FILE: .*mycroft\.sqlite/mu.test(started.err)],
    [1, true],
  );
  const reading = callCommand(["runs", "--folder", join(folder.path, "foreign")]);
  await assert.rejects(reading, failsWith("STORE_FOREIGN_FILE"));
  assert.equal(readFileSync(store, "utf8"), "my diary");
});

test("a reader that has seen enough ends the command quietly", async () => {
  const child = spawn(process.execPath, [program, "--help"], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (data) => {
    err += data;
  });
  const exitCode = await new Promise((resolve) => child.on("close", resolve));
  assert.deepEqual([exitCode, err], [0, ""]);
});

test("P7 a failure that nobody reads is a failure all the same", async () => {
  const child = spawn(process.execPath, [program, "rns"], { ...at, stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.destroy();
  assert.equal(await new Promise((resolve) => child.on("close", resolve)), 2);
});

test("what a project's code prints, keeps running or never settles does not spoil the answer", async () => {
  writeFileSync(
    join(folder.path, "noisy.ts"),
    `import { defineConfig } from "@mycroft/sdk";
     console.log("hello");
     setInterval(() => {}, 1000);
     export default defineConfig({ workflows: [] });`,
  );
  const noisy = await runMycroft(["agents", "--config", "noisy.ts", "--json"], withOwnCode);
  assert.equal(noisy.exitCode, 0, noisy.err);
  assert.deepEqual((JSON.parse(noisy.out) as { agents: unknown }).agents, []);
  assert.match(noisy.err, /^hello\n$/u);
  for (const [content, mention] of [
    ["await new Promise(() => {});", /CONFIG_INVALID: .*stuck\.ts: .*never come/u],
    ["process.exit(0);", /INTERNAL: .*process\.exit/u],
  ] as const) {
    writeFileSync(join(folder.path, "stuck.ts"), content);
    const stuck = await runMycroft(["agents", "--config", "stuck.ts"], withOwnCode);
    assert.deepEqual([stuck.exitCode, stuck.out], [1, ""]);
    assert.match(stuck.err, mention);
    assert.doesNotMatch(stuck.err, /Warning/u);
  }
});

test("P7 results that cannot be written are a failure: a full disk is no reader that has seen enough", {
  skip: existsSync("/dev/full") ? false : "there is no /dev/full",
}, () => {
  const full = openSync("/dev/full", "w");
  const { status } = spawnSync(process.execPath, [program, "--help"], {
    ...at,
    stdio: ["ignore", full, "pipe"],
  });
  closeSync(full);
  assert.equal(status, 1);
});

test("P7 a current folder that was removed is told", {
  skip: process.platform === "win32" ? "a folder in use cannot be removed" : false,
}, () => {
  const gone = temporaryFolder().path;
  const command = `rmdir "$0" && exec "$1" "$2" runs`;
  const { status, stderr } = spawnSync("sh", ["-c", command, gone, process.execPath, program], {
    cwd: gone,
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.match(stderr, /^error NOT_FOUND: The current folder has been removed\..*\n$/u);
});

/** Some Node of the machine that cannot run the sources itself. */
function findOlderNode(): string | undefined {
  const candidates = (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, "node"));
  return candidates.find((node) => {
    const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
    const major = Number(/^v(\d+)/u.exec(stdout ?? "")?.[1]);
    return major >= 20 && major < 26;
  });
}

const olderNode = findOlderNode();

test("under an older Node it goes on under the pinned one; without that, it says how to get it", {
  skip: olderNode === undefined ? "no Node from 20 to 25 is on the PATH" : false,
}, () => {
  const old = olderNode ?? "";
  const run = (file: string, words: readonly string[]) =>
    spawnSync(old, [file, ...words], { cwd: folder.path, encoding: "utf8" });
  const version = run(program, ["--version"]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/u, version.stderr);
  assert.equal(run(program, ["rns"]).status, 2, "the exit code is passed on");
  const lonely = temporaryFolder().path;
  mkdirSync(join(lonely, "bin"));
  writeFileSync(join(lonely, "package.json"), '{"type":"module"}');
  copyFileSync(program, join(lonely, "bin", "mycroft.js"));
  const alone = run(join(lonely, "bin", "mycroft.js"), ["--help"]);
  assert.deepEqual([alone.status, /npm run setup/u.test(alone.stderr)], [1, true]);
});
