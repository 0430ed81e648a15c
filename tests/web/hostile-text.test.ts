/** P7 What agents write is data, wherever a page shows it: markup, scripts, marks that turn the text around, and megabytes. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { closeScene, journey, longTest, openScene, type Scene, sees } from "./scene.ts";

const markup =
  `<script>window.broken = "script"</script><img src=x onerror="window.broken = 'image'">` +
  `<a href="javascript:window.broken='link'">here</a><iframe src="https://example.org"></iframe>`;

const hostile = {
  code: `
const hostileText = ${JSON.stringify(`${markup} \u202egnp.exe\u202c \u0007\u001b[2J\u0000 {{7*7}} \${alert(1)}`)};
const hostile = defineAgent({
  name: "hostile", version: "1.0.0<b>", capabilities: ["opinion"],
  opinion: ({ subject, asOf }) => subject === "IBM" ? { type: "abstention", reason: hostileText } : {
    type: "opinion",
    probabilities: [0.1, 0.2, 0.7],
    rationale: (hostileText + " ").repeat(8),
    evidence: [{ name: hostileText.slice(0, 90), value: hostileText, date: asOf, source: hostileText }],
  },
});
const shouting = defineFunction({
  name: "shout", version: "1.0.0", input: z.object({ text: z.string() }), output: z.object({ text: z.string(), much: z.string(), list: z.array(z.string()) }),
  run: ({ text }, { log }) => (log.warn(hostileText.repeat(20), { [hostileText.slice(0, 90)]: hostileText }), { text: hostileText + text, much: hostileText.repeat(10_000), list: Array.from({ length: 2_000 }, () => hostileText) }),
});
const failing = defineFunction({
  name: "fail", version: "1.0.0", input: z.object({ text: z.string() }), output: z.object({}),
  run: () => { throw new Error(hostileText.repeat(200)); },
});
const loud = workflow({ name: "loud", input: z.object({ text: z.string() }), description: hostileText.replaceAll(/[^\\x20-\\x7e]/gu, "") }, (w) => {
  const said = w.call("shout", shouting, w.input);
  return w.call("fail", failing, { text: said.text }, { retry: { maxAttempts: 1 } });
});
const panel = defineCommittee({ name: "hostile-panel", agents: [...builtInAgents(), hostile] });
`,
  agents: ["hostile"],
  workflows: ["loud", "panel"],
};

describe("text that others wrote", { skip: whyNoChromium() }, () => {
  let scene: Scene;
  const runs = { panel: "", loud: "" };

  before(async () => {
    scene = await openScene(hostile);
    const { site } = scene;
    const input = JSON.stringify({ universe: ["MSFT", "IBM"], asOf: "2008-10-31" });
    runs.panel = JSON.parse(site.run("run", "hostile-panel", "--input", input, "--json")).run.runId;
    const tag = "<i>tag</i>";
    const text = JSON.stringify({ text: markup });
    try {
      site.run("run", "loud", "--input", text, "--tag", tag);
    } catch {
      // It fails, as it is meant to.
    }
    runs.loud = JSON.parse(site.run("runs", "--workflow", "loud", "--json")).runs[0].runId;
  });
  after(() => closeScene(scene));

  const pages = (): readonly string[] => [
    "/",
    "/runs",
    `/runs/${runs.panel}`,
    `/runs/${runs.panel}?tab=events`,
    `/runs/${runs.panel}?tab=data`,
    `/runs/${runs.panel}/decisions/${encodeURIComponent("companies[0]/resolution")}`,
    `/runs/${runs.loud}`,
    `/runs/${runs.loud}?task=shout`,
    `/runs/${runs.loud}?task=fail`,
    `/runs/${runs.loud}?tab=log&task=shout`,
    `/runs/${runs.loud}?tab=data`,
    "/workflows",
    "/workflows/loud",
    "/agents",
    "/agents/hostile",
    `/lab?run=${runs.panel}&task=${encodeURIComponent("companies[0]/resolution")}`,
    "/about",
  ];

  test("runs nothing, loads nothing and turns nothing around, on any page", longTest, () =>
    journey(scene, async (visit) => {
      const { page } = visit;
      for (const path of pages()) {
        await visit.goTo(path);
        const found = await page.evaluate(`({
          broken: window.broken ?? null,
          planted: document.querySelectorAll("main iframe, main img[src=x], main script, main a[href^=javascript]").length,
          hidden: /[\\u202a-\\u202e\\u0000-\\u0008\\u001b]/u.test(document.body.innerText),
          characters: document.body.innerText.length,
        })`);
        const { characters, ...rest } = found as { readonly characters: number };
        assert.deepEqual(rest, { broken: null, planted: 0, hidden: false }, path);
        assert.equal(await visit.overflow(), 0, path);
        assert.ok(characters < 400_000, `${path} puts ${characters} characters on the page`);
      }
    }),
  );

  test("is shown for what it is, folded, and opens when asked", () =>
    journey(scene, async (visit) => {
      const { page } = visit;
      await visit.goTo(`/runs/${runs.panel}/decisions/${encodeURIComponent("companies[0]/resolution")}`);
      await sees(page, "<script>window.broken");
      await sees(page, "U+202E");
      await page
        .getByRole("button", { name: /more characters/u })
        .first()
        .click();
      await visit.goTo(`/runs/${runs.loud}`);
      await page.getByRole("heading", { level: 1, name: "loud failed" }).waitFor();
    }));
});
