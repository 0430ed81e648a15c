/** What agents and functions write to their logs, as a person finds it: by run, by task and attempt, by weight, and after a crash. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { checkAccessibility } from "../../scripts/web/check-accessibility.ts";
import { becomes, closeScene, journey, openScene, type Scene, sees, startRun } from "./scene.ts";

const chatty = {
  code: `
const tried = new Set();
const read = defineFunction({
  name: "read", version: "1.0.0", input: z.object({ rows: z.number() }), output: z.object({ rows: z.number() }),
  run: ({ rows }, { log, idempotencyKey }) => {
    log.info("Begins.", { rows });
    if (!tried.has(idempotencyKey)) {
      tried.add(idempotencyKey);
      log.error("The source does not answer.", { status: 503, error: new TypeError("fetch failed"), headers: { retryAfter: 1 } });
      throw new Error("not today");
    }
    for (let row = 1; row <= rows; row += 1) log.debug("Reads row " + row + ".");
    log.warn("One row had no price.\\nIt was passed over.", { row: 7 });
    return { rows };
  },
});
const count = defineFunction({
  name: "count", version: "1.0.0", pure: true, input: z.object({ rows: z.number() }), output: z.number(), run: ({ rows }) => rows,
});
const chatty = workflow({ name: "chatty", input: z.object({ rows: z.number() }) }, (w) => {
  const read1 = w.call("read", read, w.input, { retry: { maxAttempts: 2, initialDelayMs: 1 } });
  return w.call("count", count, read1);
});
`,
  workflows: ["chatty"],
};

const connectionLost =
  /ERR_(?:CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/u;

describe("the logs of tasks in the browser", { skip: whyNoChromium() }, () => {
  let scene: Scene;
  /** A run whose function has failed once, and has written 250 lines then. */
  let runId: string;

  before(async () => {
    scene = await openScene(chatty);
    runId = JSON.parse(scene.site.run("run", "chatty", "--input", '{"rows":250}', "--json")).run.runId;
  });
  after(() => closeScene(scene));

  const panel = (page: Page) => page.getByRole("complementary");
  const attempt = (page: Page, number: number) =>
    panel(page)
      .getByRole("group")
      .filter({ hasText: `#${number}` })
      .first();
  const nothingIsWrong = async (page: Page) => assert.deepEqual(await checkAccessibility(page), []);

  test("tell a run's story by time, also when the server was killed since, and so does the command line", () =>
    journey(
      scene,
      async ({ page }) => {
        const paced = await startRun(page, "paced", { steps: "[41, 42]" });
        scene.site.letGo(41);
        await sees(page.getByRole("definition"), "1 succeeded");
        await page.getByRole("tab", { name: "Log" }).click();
        const log = page.getByRole("tabpanel").getByRole("listitem");
        await log.filter({ hasText: "steps[0]/pace" }).filter({ hasText: "That is a large step." }).waitFor();
        await scene.site.kill();
        await scene.site.start();
        scene.site.letGo(42);
        await page.getByRole("heading", { level: 1, name: "paced succeeded" }).waitFor();
        await log.filter({ hasText: "steps[1]/pace" }).filter({ hasText: "That is a large step." }).waitFor();
        await becomes(() => log.count(), 4);
        await page.getByLabel("Log lines").selectOption("warn");
        await becomes(() => log.count(), 2);
        await page.getByRole("link", { name: "steps[0]/pace" }).click();
        await sees(panel(page), "step=41");
        assert.match(
          scene.site.run("logs", paced, "--level", "warn"),
          /^warn .* steps\[0\]\/pace {2}That is a large step\./mu,
        );
      },
      { mayComplain: connectionLost },
    ));

  test("stand at each attempt of a task, with what went wrong in sight, and long fields folded", () =>
    journey(scene, async ({ page }) => {
      await page.goto(`/runs/${runId}?task=read`);
      const [first, second] = [attempt(page, 1), attempt(page, 2)];
      await sees(first, "1 error in its log");
      // An earlier attempt is folded.
      await becomes(() => first.getByRole("listitem").count(), 0);
      await first.locator("summary").first().click();
      const error = first.getByRole("listitem").filter({ hasText: "The source does not answer." });
      await sees(error, "status, error, headers");
      assert.equal(await error.getByText("fetch failed").isVisible(), false);
      await error.locator("summary").first().click();
      await sees(error, "fetch failed");
      await sees(second, "One row had no price.");
      await sees(second, "row=7");
      await sees(second, "52 lines left out: too much for a record");
      await becomes(() => second.getByRole("listitem").count(), 201);
    }));

  test("are chosen by their weight with the keyboard alone; the choice is in the address", () =>
    journey(scene, async ({ page }) => {
      await page.goto(`/runs/${runId}?task=read`);
      const filter = panel(page).getByLabel("Log lines");
      await filter.focus();
      // One key chooses it: of several, those that come too late would begin another word.
      await page.keyboard.press("w");
      const lines = attempt(page, 2).getByRole("listitem");
      // The warning, and that lines were left out.
      await becomes(() => lines.count(), 2);
      await sees(attempt(page, 2), "199 lines of less weight");
      assert.equal(new URL(page.url()).searchParams.get("level"), "warn");
      await page.reload();
      await becomes(() => lines.count(), 2);
      await becomes(() => filter.inputValue(), "warn");
    }));

  test("where there are none, the page says how to write to them", () =>
    journey(scene, async ({ page }) => {
      await page.goto(`/runs/${runId}?task=count`);
      await sees(attempt(page, 1), 'Agents and functions write with context.log.info("...").');
      assert.equal(await panel(page).getByLabel("Log lines").count(), 0);
    }));

  test("of tasks that a fork has taken over stand in the run that did them", () =>
    journey(scene, async ({ page }) => {
      const fork = JSON.parse(scene.site.run("fork", runId, "--from", "count", "--json")).runId;
      await page.goto(`/runs/${fork}?tab=log`);
      await sees(page.getByRole("tabpanel"), "1 task taken over");
      await page.goto(`/runs/${fork}?task=read`);
      await panel(page).getByRole("link", { name: runId }).click();
      await sees(attempt(page, 2), "One row had no price.");
      assert.equal(new URL(page.url()).pathname, `/runs/${runId}`);
    }));

  for (const look of [{ scheme: "light" }, { scheme: "dark" }, { scheme: "dark", isPhone: true }] as const) {
    test(`axe finds nothing, and nothing is wider than the screen: ${Object.values(look).join(", ")}`, () =>
      journey(
        scene,
        async (visit) => {
          const { page } = visit;
          for (const path of [
            `/runs/${runId}?task=read`,
            `/runs/${runId}?tab=log`,
            `/runs/${runId}?task=count`,
          ]) {
            await visit.goTo(path);
            for (const summary of await page.locator(".attempt > summary, .log-more > summary").all()) {
              if ((await summary.locator("..").getAttribute("open")) === null) await summary.click();
            }
            await nothingIsWrong(page);
            assert.equal(await visit.overflow(), 0);
          }
        },
        look,
      ));
  }
});
