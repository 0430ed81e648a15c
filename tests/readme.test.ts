import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { startPostgres, startPrivateRedis, whyNoPostgres, whyNoRedis } from "@mycroft/distributed/testing";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** From its title to the next one. */
function sectionOf(title: string): string {
  const [, section] = readme.split(`\n## ${title}\n`);
  assert.ok(section !== undefined, `the README has a section "${title}"`);
  return section.split("\n## ")[0] ?? "";
}
const folder = mkdtempSync(join(tmpdir(), "mycroft-readme-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const binary = join(root, "packages/cli/bin/mycroft.js");

/** Resolves when its output has that form; rejects when it ends before. */
async function says(child: ChildProcess, form: RegExp): Promise<void> {
  await hears(child, form);
}

/** As `says`, with what had that form. */
function hears(child: ChildProcess, form: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const listen = (text: Buffer) => {
      heard += text;
      const [found] = form.exec(heard) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", () => reject(new Error(`It ended, and said: ${heard}`)));
  });
}

/** All that it prints until it ends. */
async function said(child: ChildProcess): Promise<string> {
  let heard = "";
  child.stdout?.on("data", (text: Buffer) => {
    heard += text;
  });
  await once(child, "close");
  return heard;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

function mycroft(cwd: string, ...words: readonly string[]): string {
  return execFileSync(process.execPath, [binary, ...words], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** As a shell would split them, as far as the README needs it. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:'([^']*)'|[^\s'])+/gu)].map(([word]) => word.replaceAll("'", ""));
}

const months = Array.from({ length: 6 }, (_, month) => `2024-0${month + 1}-01`);
const companies = ["A", "B", "C"];

function sampleForecasts(): string {
  const rows = months.flatMap((month, at) =>
    companies.flatMap((company, index) => [
      `${month},${company},bold,${(at + index) % 2 === 0 ? "0.7,0.2,0.1" : "0.1,0.2,0.7"}`,
      `${month},${company},shy,0.3,0.4,0.3`,
    ]),
  );
  return ["period,subject,agent,p1,p2,p3", ...rows, ""].join("\n");
}

function sampleOutcomes(): string {
  const rows = months.flatMap((month, at) =>
    companies.map((company, index) => `${month},${company},${["1,0,0", "0,1,0", "0,0,1"][(at * index) % 3]}`),
  );
  return ["period,subject,o1,o2,o3", ...rows, ""].join("\n");
}

describe("README.md", () => {
  it("shows an agent and a workflow that compile and run as they stand", () => {
    const project = join(folder, "project");
    mycroft(folder, "init", project);
    const code = /```ts\n(.*?)```/su.exec(readme)?.[1];
    assert.ok(code !== undefined, "the README has an example");
    writeFileSync(join(project, "mycroft.config.ts"), code);
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", project]);
    const command = /npx mycroft (run duel .*?)`/u.exec(readme)?.[1];
    assert.ok(command !== undefined, "the README says how to run it");
    const output = mycroft(project, ...wordsOf(command));
    assert.match(output, /contrarian/);
    assert.match(output, /^IBM /mu);
    assert.match(output, /^MSFT /mu);
  });

  it("shows a schedule whose commands work as they stand", () => {
    const project = join(folder, "daily");
    mycroft(folder, "init", project);
    const code = [...readme.matchAll(/```ts\n(.*?)```/gsu)][1]?.[1];
    assert.ok(code !== undefined, "the README has a second example");
    writeFileSync(join(project, "mycroft.config.ts"), code);
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", project]);
    const section = sectionOf("Every day, and with people");
    const commands = [...section.matchAll(/^mycroft (.*?) +#/gmu)].map(([, command]) =>
      wordsOf(command ?? ""),
    );
    const printed = commands.filter(([name]) => name !== "up").map((words) => mycroft(project, ...words));
    const [schedules = "", backfill = "", approval = "", fork = ""] = printed;
    assert.match(schedules, /after-the-close/u);
    assert.match(backfill, /5 under way/u);
    assert.match(approval, /"approved": true/u);
    assert.match(fork, /"by": "bob"/u);
  });

  it("names commands that work in the order in which it names them", () => {
    const commands = [...readme.matchAll(/^npx mycroft (.*?) +#/gmu)].map(([, command]) => command ?? "");
    assert.ok(commands.length >= 6);
    writeFileSync(join(folder, "forecasts.csv"), sampleForecasts());
    writeFileSync(join(folder, "outcomes.csv"), sampleOutcomes());
    mycroft(folder, "start", "--no-web");
    for (const command of commands) assert.ok(mycroft(folder, ...command.split(" ")).length > 0, command);
  });

  it("shows a program that asks the API, with a key that works as it stands", async () => {
    const place = join(folder, "api");
    mkdirSync(place);
    const section = sectionOf("The API");
    const command = /^mycroft (keys create .*?) +#/mu.exec(section)?.[1];
    const code = /```ts\n(.*?)```/su.exec(section)?.[1];
    assert.ok(command !== undefined && code !== undefined, "the README makes a key and uses it");
    mycroft(place, "decide", "AAPL", "IBM");
    const { key } = JSON.parse(mycroft(place, ...wordsOf(command), "--json")) as { readonly key: string };
    const up = spawn(process.execPath, [binary, "up", "--port", "0"], { cwd: place });
    try {
      const origin = await hears(up, /http:\/\/127\.0\.0\.1:\d+/u);
      const program = join(place, "program.ts");
      writeFileSync(program, code.replace("http://127.0.0.1:8421", origin));
      const env = { ...process.env, MYCROFT_KEY: key };
      const output = execFileSync(process.execPath, [program], { encoding: "utf8", env });
      assert.match(output, /^AAPL AAPL on 2010-02-26/mu);
      assert.match(output, /^IBM IBM on 2010-02-26/mu);
    } finally {
      await end(up);
    }
  });

  it("shows how many machines are started, with commands that work as they stand", {
    skip: whyNoPostgres() || whyNoRedis(),
  }, async () => {
    const [postgres, redis] = await Promise.all([startPostgres({ isDurable: true }), startPrivateRedis()]);
    const env = { ...process.env, MYCROFT_STORE: postgres.url, MYCROFT_QUEUE: redis.url };
    const section = sectionOf("Many machines");
    const commands = [...section.matchAll(/^mycroft (.*?) +#/gmu)].map(([, command]) =>
      wordsOf(command ?? ""),
    );
    const staying: ChildProcess[] = [];
    try {
      for (const words of commands) {
        const child = spawn(process.execPath, [binary, ...words], { cwd: folder, env });
        if (words[0] === "orchestrator" || words[0] === "worker") {
          staying.push(child);
          await says(child, /until it is told to end/u);
        } else {
          child.stderr.resume();
          assert.ok((await said(child)).length > 0, words.join(" "));
          assert.equal(child.exitCode, 0, words.join(" "));
        }
      }
    } finally {
      await Promise.all(staying.map(end));
      await Promise.all([postgres.stop(), redis.stop()]);
    }
    assert.deepEqual(
      commands.map(([name]) => name),
      ["orchestrator", "worker", "decide", "workers", "queues"],
    );
  });

  it("names every library that the packages depend on", () => {
    const manifests = execFileSync("git", ["ls-files", "package.json", "packages/*/package.json"], {
      cwd: root,
      encoding: "utf8",
    });
    const names = manifests
      .trim()
      .split("\n")
      .flatMap((file) => {
        const manifest: { readonly dependencies?: object; readonly devDependencies?: object } = JSON.parse(
          readFileSync(join(root, file), "utf8"),
        );
        return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
      })
      .filter((name) => !name.startsWith("@mycroft/") && !name.startsWith("@types/"));
    const table = readme.slice(readme.indexOf("## What it stands on")).toLowerCase();
    for (const name of new Set(names)) {
      const spoken = name.replace(/^@.*?\//u, "");
      assert.ok(table.includes(spoken), `the table of libraries does not name ${name}`);
    }
  });
});
