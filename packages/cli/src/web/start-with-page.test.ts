/** `mycroft start` and `mycroft up` with their server: what only real processes can show. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { freePort } from "@mycroft/distributed/testing";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { type MycroftProcess, runMycroft, startMycroft } from "../testing/mycroft-process.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { processOptions, writeWaitingProject } from "../testing/waiting-project.ts";
import { askPage } from "./ask-page.ts";

const posix = process.platform === "win32" && "Windows knows no signals that a process could act on";
const pageForm = /(http:\/\/127\.0\.0\.1:(\d+))\/\?token=[\w-]+/u;

interface Page {
  readonly process: MycroftProcess;
  readonly origin: string;
  readonly port: string;
  readonly url: string;
}

async function serving(
  context: TestContext,
  at: ReturnType<typeof processOptions>,
  ...words: string[]
): Promise<Page> {
  const process = startMycroft(words, at);
  context.after(() => process.child.kill("SIGKILL"));
  const [url = "", origin = "", port = ""] = await process.prints(pageForm);
  return { process, origin, port, url };
}

/** What the address of the page makes of a browser: its cookie. */
async function signIn({ url }: Pick<Page, "url">): Promise<string> {
  const { status, headers } = await fetch(url, { redirect: "manual" });
  assert.equal(status, 303);
  return headers.getSetCookie().join("; ").split(";")[0] ?? "";
}

async function get(origin: string, path: string, cookie: string) {
  const response = await fetch(`${origin}${path}`, { headers: { cookie } });
  return { status: response.status, value: (await response.json()) as Record<string, unknown> };
}

async function end({ process }: Pick<Page, "process">): Promise<string> {
  process.child.kill("SIGINT");
  const { exitCode, out, err } = await process.ended;
  assert.equal(exitCode, 0, err);
  return out;
}

test("start decides, stays with its page, tells another start where that is, and its sessions outlive a kill", {
  skip: posix,
}, async (context) => {
  const folder = temporaryFolder();
  const at = processOptions(folder);
  const first = await serving(context, at, "start", "--port", String(await freePort()));
  const [cookie, second] = await Promise.all([signIn(first), serving(context, at, "start")]);
  const { exitCode, out } = await second.process.ended;
  assert.equal(exitCode, 0, "it ends: the page is the first one's");
  assert.equal(second.url, first.url);
  assert.match(
    out,
    new RegExp(`Process ${first.process.child.pid}, which works on this record, has it\\.`, "u"),
  );
  assert.deepEqual(
    await get(first.origin, "/api/session", cookie).then(({ value }) => value["role"]),
    "admin",
  );
  assert.equal((await get(first.origin, "/api/version", cookie)).value["kind"], "folder");
  assert.equal((await get(first.origin, "/api/version", "")).status, 401);

  first.process.child.kill("SIGKILL");
  await first.process.ended;
  const again = await serving(context, at, "start", "--port", first.port);
  assert.equal(again.origin, first.origin);
  assert.notEqual(again.url, first.url, "the token is a new one");
  assert.equal((await get(again.origin, "/api/session", cookie)).value["role"], "admin");
  const log = await end(again);
  assert.match(log, /stopped$/mu);
  assert.equal(await askPage(join(folder.path, ".mycroft")), null);
  assert.ok(!existsSync(join(folder.path, ".mycroft", "open-page.html")), "no browser was opened here");
});

test("start shows the same decisions with a page as without, and can be asked by other commands", {
  skip: posix,
}, async (context) => {
  const folder = temporaryFolder();
  const at = processOptions(folder);
  const page = await serving(context, at, "start", "--port", "0");
  const asked = await runMycroft(["decide", "MSFT", "--json"], at);
  assert.equal(asked.exitCode, 0, asked.err);
  await page.process.prints(/asked +run +investment-committee/u);
  const shown = await end(page);
  const alone = await runMycroft(["start", "--no-web"], processOptions(temporaryFolder()));
  const decisionsOf = (text: string) => text.slice(0, text.indexOf("steps in"));
  assert.ok(decisionsOf(alone.out).includes("MSFT"));
  const withoutTimes = (text: string) => decisionsOf(text).replace(/\d+ $/u, "");
  assert.equal(withoutTimes(shown), withoutTimes(alone.out));
});

test("a signal while start decides ends it as ever: what is done is kept", {
  skip: posix,
}, async (context) => {
  const folder = temporaryFolder({ isLinked: true });
  folder.write(
    "mycroft.config.ts",
    `import { defineCommittee } from "@mycroft/investing";
     import { defineAgent, defineConfig } from "@mycroft/sdk";
     const slow = defineAgent({ name: "slow", version: "1", capabilities: ["price"], opinion: () => {
       console.error("slow is asked");
       return new Promise(() => setInterval(() => {}, 1_000));
     } });
     export default defineConfig({ data: "bundled", agents: [slow], workflows: [defineCommittee({ agents: [slow], quorum: 1 })] });`,
  );
  const start = startMycroft(["start", "--port", "0", "--grace", "0"], processOptions(folder));
  context.after(() => start.child.kill("SIGKILL"));
  await start.says("slow is asked");
  start.child.kill("SIGINT");
  assert.equal((await start.ended).exitCode, 130);
});

test("keys are made, listed and revoked beside the process that holds the record, and let in until then", {
  skip: posix,
}, async (context) => {
  const folder = temporaryFolder({ isLinked: true });
  const config = writeWaitingProject(folder);
  const here = (...words: string[]) => callCommand([...words, "--config", config]);
  const before = await here("keys", "create", "ann", "--role", "operator", "--expires", "30", "--json");
  const made = before.value as { readonly key: string; readonly id: string; readonly expiresAt: string };
  const up = startMycroft(["up", "--port", "0", "--json"], processOptions(folder));
  context.after(() => up.child.kill("SIGKILL"));
  const [line = ""] = await up.prints(/^.*\n/u);
  const { page } = JSON.parse(line) as { readonly page: string };
  const { origin } = new URL(page);
  const roleBy = async (key: string) => {
    const response = await fetch(`${origin}/api/session`, { headers: { authorization: `Bearer ${key}` } });
    return ((await response.json()) as { readonly role?: string | null }).role ?? "nobody";
  };
  assert.equal(await roleBy(made.key), "operator");
  const second = await here("keys", "create", "tv");
  const key = second.text.trim();
  assert.match(second.notes, /only time .* makes tv a viewer/u);
  assert.equal(await roleBy(key), "viewer");
  const listed = await here("keys", "list");
  assert.match(listed.text, /ann +operator/u);
  assert.ok(!listed.text.includes(key.slice(-20)));
  const gone = await here("keys", "revoke", made.id);
  assert.match(gone.text, /\(ann, operator\) is good no more/u);
  assert.equal(await roleBy(made.key), "nobody");
  await assert.rejects(here("keys", "revoke", made.id), failsWith("NOT_FOUND"));
  await assert.rejects(here("keys", "create", "x", "--role", "king"), failsWith("USAGE", /--role/u));
  up.child.kill("SIGTERM");
  const { exitCode, out, err } = await up.ended;
  assert.equal(exitCode, 0, err);
  assert.ok(!out.includes(key), "the log does not tell it");
});

test("where the server is to be is refused when it cannot be there, with nothing left running", {
  skip: posix,
}, async (context) => {
  const folder = temporaryFolder({ isLinked: true });
  writeWaitingProject(folder);
  const at = processOptions(folder);
  const page = await serving(context, processOptions(temporaryFolder()), "up", "--port", "0");
  const refused: readonly (readonly [string, string[]])[] = [
    ["ADDRESS_TAKEN", ["up", "--port", page.port]],
    ["PUBLIC_WITHOUT_KEYS", ["up", "--listen", "0.0.0.0", "--port", "0"]],
    ["USAGE", ["up", "--no-web", "--port", "1"]],
    ["USAGE", ["start", "--port", "70000"]],
  ];
  for (const [code, words] of refused) {
    const { err, exitCode } = await runMycroft(words, at);
    assert.match(err, new RegExp(`^error ${code}: `, "mu"), words.join(" "));
    assert.equal(exitCode, code === "USAGE" ? 2 : 1);
  }
  await end(page);
});
