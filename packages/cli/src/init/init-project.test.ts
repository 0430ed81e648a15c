/** The project that `mycroft init` writes, used as its owner would: outside of the checkout, in processes of its own. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { MycroftError } from "@mycroft/errors";
import { initProject } from "./create-project.ts";

const run = promisify(execFile);

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-init-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** As `npx` finds a command of the project. */
const command = (project: string, name: string) => join(project, "node_modules", ".bin", name);

test("a new project type-checks, runs, and can be looked into, in a folder with a blank in its name", async (t) => {
  const project = join(temporaryFolder(t), "My Project");
  const { created, links } = await initProject(project);
  assert.deepEqual(created, [
    ".gitignore",
    "README.md",
    "agents/my-first-agent.ts",
    "mycroft.config.ts",
    "package.json",
    "tsconfig.json",
    "workflows/my-committee.ts",
  ]);
  assert.deepEqual([links.unchanged, links.left], [[], []]);
  assert.equal(JSON.parse(readFileSync(join(project, "package.json"), "utf8")).name, "my-project");
  const inProject = { cwd: project };
  const [, ran] = await Promise.all([
    run(command(project, "tsc"), [], inProject),
    run(command(project, "mycroft"), ["run", "my-committee", "--as-of", "2009-12-31"], inProject),
  ]);
  for (const company of ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"]) {
    assert.match(ran.stdout, new RegExp(`^${company} +(?:up|down|flat) \\d+%`, "m"));
  }
  assert.match(ran.stdout, /my-first-agent +reversal +trend/);
  assert.ok(existsSync(join(project, ".mycroft")));
});

test("init in a project that is there repairs its links and touches no file", async (t) => {
  const project = join(temporaryFolder(t), "p");
  await initProject(project);
  const agent = join(project, "agents", "my-first-agent.ts");
  writeFileSync(agent, "// mine\n");
  rmSync(join(project, "README.md"));
  rmSync(join(project, "node_modules", "@mycroft", "sdk"));
  rmSync(join(project, "node_modules", "zod"));
  symlinkSync(join(project, "gone"), join(project, "node_modules", "zod"));
  const { created, links } = await initProject(project);
  assert.deepEqual(created, []);
  assert.deepEqual(links.linked, ["@mycroft/sdk", "zod"]);
  assert.equal(readFileSync(agent, "utf8"), "// mine\n");
  assert.equal(existsSync(join(project, "README.md")), false);
  assert.deepEqual((await initProject(project)).links.linked, []);
});

test("a package of one's own is no link, and is left", async (t) => {
  const project = join(temporaryFolder(t), "p");
  await initProject(project);
  const own = join(project, "node_modules", "zod");
  rmSync(own);
  mkdirSync(own);
  const { links } = await initProject(project);
  assert.deepEqual([links.linked, links.left], [[], ["zod"]]);
  assert.ok(lstatSync(own).isDirectory());
});

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => assert.fail("nothing was thrown"),
    (thrown: unknown) => (thrown instanceof MycroftError ? thrown : assert.fail(String(thrown))),
  );

test("a folder that holds something else is left alone: PROJECT_EXISTS", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "package.json"), '{ "name": "somebody-elses" }');
  const failure = await failureOf(initProject(folder));
  assert.equal(failure.code, "PROJECT_EXISTS");
  assert.match(failure.message, /is not empty: it holds package\.json\./);
  assert.equal(existsSync(join(folder, "node_modules")), false);
  const file = await failureOf(initProject(join(folder, "package.json")));
  assert.deepEqual([file.code, /is a file/.test(file.message)], ["PROJECT_EXISTS", true]);
});

test("a folder without a name is not taken for the one at hand: USAGE", async () => {
  assert.equal((await failureOf(initProject(""))).code, "USAGE");
});

test("a folder with nothing but its git history counts as empty", async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, ".git"));
  assert.equal((await initProject(folder)).created.length, 7);
});

test("P7 where a file system refuses folders, it ends all the same: PROJECT_UNWRITABLE", {
  skip: existsSync("/proc/self") ? false : "there is no /proc",
}, async () => {
  assert.equal((await failureOf(initProject("/proc/mycroft/deep"))).code, "PROJECT_UNWRITABLE");
});

test("P7 where not all can be written, nothing is left behind: PROJECT_UNWRITABLE", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "file"), "");
  const below = await failureOf(initProject(join(folder, "file", "below")));
  assert.equal(below.code, "PROJECT_UNWRITABLE");
  // The path is so long that README.md can be written in it and agents/my-first-agent.ts cannot.
  const longest = 4_095 - 20 - folder.length;
  const names = Array.from({ length: Math.ceil(longest / 200) }, () => "x".repeat(199));
  const project = join(folder, ...names).slice(0, folder.length + longest);
  const tooLong = await failureOf(initProject(project));
  assert.equal(tooLong.code, "PROJECT_UNWRITABLE");
  assert.deepEqual(readdirSync(folder), ["file"]);
});
