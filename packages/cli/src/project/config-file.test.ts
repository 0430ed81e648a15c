import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { test } from "node:test";
import { failsWith } from "../testing/assert-failure.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { loadConfigFile } from "./config-file.ts";
import { findConfigFile } from "./find-config-file.ts";

const linked = temporaryFolder({ isLinked: true });
const alone = temporaryFolder();
const sdk =
  'import { defineAgent, defineConfig, symbol, tradingDate, workflow } from "@mycroft/sdk";\nimport { z } from "zod";\n';

test("a configuration's default export is the project", async () => {
  const file = linked.write(
    "good.ts",
    `${sdk}import { guess } from "./agents/guess.ts";
     const input = z.object({ asOf: tradingDate, subject: symbol });
     const one = workflow({ name: "one", input }, (w) => w.ask("views", [guess], { subject: w.input.subject, asOf: w.input.asOf }));
     export default defineConfig({ workflows: [one], data: "bundled" });`,
  );
  linked.write(
    "agents/guess.ts",
    `import { abstain, defineAgent } from "@mycroft/sdk";
     export const guess = defineAgent({ name: "guess", version: "1", capabilities: [], opinion: () => abstain("no idea") });`,
  );
  const project = await loadConfigFile(file);
  assert.deepEqual(
    [project.workflows[0]?.name, project.agents[0]?.name, project.data],
    ["one", "guess", "bundled"],
  );
});

test("P7 whatever is wrong with a configuration is CONFIG_INVALID with the file, and the line where it can be told", async () => {
  const wrong: readonly (readonly [name: string, content: string | Uint8Array, mention: RegExp])[] = [
    ["syntax.ts", "export const a = 1;\nconst b = 2 2;\n", /syntax\.ts, line 2: /u],
    ["enum.ts", "\nenum Side { up }\n", /enum\.ts, line 2: .*enum/u],
    ["throw.ts", '\n\nthrow new Error("boom");\n', /throw\.ts, line 3: boom\.$/u],
    ["throw-bare.ts", "throw Object.create(null);\n", /throw-bare\.ts: it threw /u],
    [
      "throw-hostile.ts",
      "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } });\n",
      /throw-hostile\.ts: it threw /u,
    ],
    ["stack.ts", 'throw Object.assign(new Error("odd"), { stack: 5 });\n', /stack\.ts: odd\.$/u],
    [
      "export-hostile.ts",
      'export default new Proxy({}, { get() { throw new Error("no"); } });\n',
      /: no\.$/u,
    ],
    [
      "shape.ts",
      'export default { kind: "project", workflows: 5 };\n',
      /shape\.ts has no usable default export/u,
    ],
    ["throw-null.ts", "throw null;\n", /throw-null\.ts: it threw null\.$/u],
    [
      "setting.ts",
      `${sdk}\nexport default defineConfig({ workflows: [], agent: [] });`,
      /setting\.ts, line 4: .*"agent"/u,
    ],
    [
      "no-agent.ts",
      `${sdk}export default defineConfig({ workflows: [], agents: [{ name: "x" }] });`,
      /agents\[0\]/u,
    ],
    [
      "export.ts",
      "export default { workflows: [] };\n",
      /export\.ts has no usable default export.*defineConfig/u,
    ],
    ["none.ts", "export const project = 1;\n", /no usable default export/u],
    ["missing.ts", 'import "./nowhere.ts";\n', /missing\.ts: .*nowhere\.ts/u],
    ["name.ts", 'import { defineConfg } from "@mycroft/sdk";\n', /name\.ts, line 1: .*defineConfg/u],
    ["in-import.ts", 'import "./parts/deep.ts";\n', /parts.deep\.ts, line 2: deep/u],
    ["utf8.ts", Uint8Array.of(0xff, 0xfe, 0x00), /utf8\.ts/u],
    [
      "bad-agent.ts",
      `${sdk}\ndefineAgent({ name: "1x", version: "1", capabilities: [], opinion: () => null });`,
      /line 4: .*"1x"/u,
    ],
  ];
  linked.write("parts/deep.ts", '\nthrow new Error("deep");\n');
  for (const [name, content, mention] of wrong) {
    const file = linked.write(name, content);
    await assert.rejects(loadConfigFile(file), failsWith("CONFIG_INVALID", mention), name);
  }
});

test("P7 a workflow that names an agent that is not there is told at once, not when it runs", async () => {
  const file = linked.write(
    "ghost.ts",
    `${sdk}const input = z.object({ asOf: tradingDate, subject: symbol });
     const one = workflow({ name: "one", input }, (w) => w.ask("views", ["ghost"], { subject: w.input.subject, asOf: w.input.asOf }));
     export default defineConfig({ workflows: [one] });`,
  );
  await assert.rejects(
    loadConfigFile(file),
    failsWith("CONFIG_INVALID", /"one", step "views\.ghost": .*"ghost"/u),
  );
});

test("a folder that cannot reach Mycroft's packages is told how it can", async () => {
  const file = alone.write("mycroft.config.ts", sdk);
  await assert.rejects(loadConfigFile(file), failsWith("CONFIG_INVALID", /@mycroft\/sdk.*mycroft init/u));
});

test("the file is found in the folder, or where it was named", async (context) => {
  const file = alone.write("mycroft.config.ts", sdk);
  assert.equal(findConfigFile(alone.path, undefined), file);
  assert.equal(findConfigFile(linked.path, undefined), null);
  assert.throws(() => findConfigFile(alone.path, "nope.ts"), failsWith("CONFIG_NOT_FOUND", /nope\.ts/u));
  linked.write("odd/mycroft.config.ts/inside", "");
  assert.throws(
    () => findConfigFile(`${linked.path}/odd`, undefined),
    failsWith("CONFIG_INVALID", /not a file/u),
    "the built-in project is not taken for it",
  );
  assert.throws(() => findConfigFile(alone.path, "."), failsWith("CONFIG_NOT_FOUND"));
  await context.test(
    "P7 one that may not be read is refused",
    { skip: process.getuid?.() === 0 ? "the superuser may read everything" : false },
    async () => {
      chmodSync(file, 0o000);
      await assert.rejects(loadConfigFile(file), failsWith("CONFIG_INVALID", /mycroft\.config\.ts/u));
    },
  );
});

test("P7 a configuration that goes on waiting is given up at the limit", async () => {
  const file = alone.write(
    "slow.ts",
    "await new Promise((done) => setTimeout(done, 300));\nexport default 1;\n",
  );
  await assert.rejects(
    loadConfigFile(file, { limitMs: 1 }),
    failsWith("CONFIG_INVALID", /slow\.ts: it was not loaded within the limit of 1 ms/u),
  );
});
