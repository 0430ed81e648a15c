/** What a person may do to runs, schedules and keys from the page, each seen through to what is on record afterwards. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { becomes, closeScene, journey, openScene, type Scene, sees, startRun } from "./scene.ts";

const more = {
  code: `
const halve = defineFunction({
  name: "halve", version: "1.0.0", input: z.number(), output: z.number(),
  run: (given) => {
    if (given === 13 && !existsSync(import.meta.dirname + "/go-13")) throw new Error("Thirteen is not halved.");
    return given / 2;
  },
});
const halving = workflow({ name: "halving", input: z.object({ number: z.number() }) }, (w) => {
  const once = w.call("once", halve, w.input.number, { retry: { maxAttempts: 1 } });
  return w.call("twice", halve, once);
});
const told = workflow({ name: "told", input: z.object({}) }, (w) =>
  w.waitFor("news", { signal: "news", schema: z.object({ level: z.number() }) }),
);
`,
  workflows: ["halving", "told"],
};

describe("what is done from the page", { skip: whyNoChromium() }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene(more);
  });
  after(() => closeScene(scene));

  const heading = (page: Page, text: string) => page.getByRole("heading", { level: 1, name: text }).waitFor();
  const runIdOf = (page: Page): string =>
    decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1) ?? "");
  const recordOf = (runId: string) => JSON.parse(scene.site.run("show", runId, "--all", "--json"));
  /** Until another run's page is shown: its address is there before it, while the heading is still the first run's. */
  const elsewhere = async (page: Page, runId: string) => {
    await page.waitForURL((url) => /\/runs\/[^/]+$/u.test(url.pathname) && !url.pathname.includes(runId));
    await becomes(async () => (await page.title()).includes(runIdOf(page)), true);
  };

  test("a run that failed is retried: what had succeeded is taken over", () =>
    journey(scene, async ({ page }) => {
      const first = await startRun(page, "halving", { number: "13" });
      await heading(page, "halving failed");
      await sees(page, "Thirteen is not halved.");
      scene.site.letGo(13);
      await page.getByRole("button", { name: "Retry" }).click();
      await elsewhere(page, first);
      await heading(page, "halving succeeded");
      const { run, result } = recordOf(runIdOf(page));
      assert.deepEqual([run.forkedFrom.runId, result.output], [first, 3.25]);
    }));

  test("a run is forked with another input, and with the output of a task stated", () =>
    journey(scene, async ({ page }) => {
      const first = await startRun(page, "halving", { number: "8" });
      await heading(page, "halving succeeded");
      await page.getByRole("button", { name: "Fork" }).click();
      const dialog = page.getByRole("dialog", { name: "Do a part of it again" });
      const start = dialog.getByRole("button", { name: "Start the fork" });
      assert.ok(await start.isDisabled(), "nothing is changed yet");
      await dialog.getByLabel("Give it another input").check();
      await dialog.getByLabel("Input, as JSON").fill("{ number: 20 }");
      assert.ok(await start.isDisabled(), "that is no JSON");
      await dialog.getByLabel("Input, as JSON").fill('{ "number": 20 }');
      await start.click();
      await elsewhere(page, first);
      await heading(page, "halving succeeded");
      const second = runIdOf(page);
      assert.equal(recordOf(second).result.output, 5);
      await page.getByRole("button", { name: "Fork" }).click();
      await dialog.getByLabel("State what these tasks gave, instead of doing them").fill("once");
      await dialog
        .getByRole("list", { name: "Tasks that fit" })
        .getByRole("button", { name: "once" })
        .click();
      await dialog.getByLabel("Output of once, as JSON").fill("100");
      await start.click();
      await elsewhere(page, second);
      await heading(page, "halving succeeded");
      assert.equal(recordOf(runIdOf(page)).result.output, 50);
    }));

  test("E9 a signal is sent to a run that waits for it; one that does not fit is refused in words", () =>
    journey(
      scene,
      async ({ page }) => {
        const runId = await startRun(page, "told", {});
        await page.getByRole("button", { name: "Send news" }).click();
        const dialog = page.getByRole("dialog", { name: "Send a signal" });
        await dialog.getByLabel("Payload, as JSON").fill('{ "level": "high" }');
        await dialog.getByRole("button", { name: "Send", exact: true }).click();
        await sees(dialog, /level/u);
        await dialog.getByLabel("Payload, as JSON").fill('{ "level": 7 }');
        await dialog.getByRole("button", { name: "Send", exact: true }).click();
        await heading(page, "told succeeded");
        assert.deepEqual(recordOf(runId).result.output, { level: 7 });
      },
      { mayComplain: /status of 400/u },
    ));

  test("E8 what a run asks is rejected on its own page, with the reason on record", () =>
    journey(scene, async ({ page }) => {
      const runId = await startRun(page, "place-order", { symbol: "IBM", shares: "5" });
      const card = page.getByRole("region", { name: "What the run waits for" });
      await card.getByLabel("Comment").fill("too many shares");
      await card.getByRole("button", { name: "Reject" }).click();
      await heading(page, "place-order failed");
      assert.match(scene.site.run("show", runId), /too many shares/u);
    }));

  test("E4 a schedule is paused, resumed and triggered, and a backfill is started and cancelled", () =>
    journey(scene, async (visit) => {
      const { page } = visit;
      const scheduleOf = () => JSON.parse(scene.site.run("schedule", "list", "--json")).schedules[0];
      await visit.goTo("/workflows/place-order?tab=schedule");
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "Resume" }).waitFor();
      assert.equal(scheduleOf().paused, true);
      await page.getByRole("button", { name: "Resume" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
      await page.getByRole("button", { name: "Pause" }).waitFor();
      assert.equal(scheduleOf().paused, false);
      const form = page.getByRole("form", { name: "Start a backfill" });
      await form.getByLabel("First day").fill("2010-02-01");
      await form.getByLabel("Last day").fill("2010-02-12");
      await form.getByRole("button").last().click();
      // Its runs wait for a person, so it goes on until it is cancelled.
      await page.getByRole("progressbar", { name: /2010-02-01/u }).waitFor();
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      await page
        .getByRole("dialog", { name: "Cancel the backfill?" })
        .getByRole("button", { name: /^Cancel/u })
        .click();
      await becomes(
        async () => JSON.parse(scene.site.run("backfill", "list", "--json")).backfills[0].status,
        "cancelled",
      );
      await page.getByRole("button", { name: "Trigger now" }).click();
      await page.waitForURL(/\/runs\/[^/]+$/u);
      await page.getByRole("button", { name: "Approve" }).waitFor();
    }));

  test("a key is made, shown once, and revoked; the change is in the audit log", () =>
    journey(scene, async (visit) => {
      const { page } = visit;
      await visit.goTo("/about");
      await page.getByRole("button", { name: "Make a key" }).click();
      const dialog = page.getByRole("dialog", { name: "Make an API key" });
      await dialog.getByLabel("Name").fill("nightly report");
      await dialog.getByLabel("What it may do").selectOption("operator");
      await dialog.getByRole("button", { name: "Make the key" }).click();
      await sees(dialog, /^myk_/u);
      await page.keyboard.press("Escape");
      // It is shown once.
      await becomes(() => page.getByText(/myk_/u).count(), 0);
      const row = page.getByRole("row").filter({ hasText: "nightly report" });
      await row.getByRole("button", { name: "Revoke" }).click();
      await page
        .getByRole("dialog", { name: "Revoke this key?" })
        .getByRole("button", { name: /^Revoke/u })
        .click();
      await row.waitFor({ state: "hidden" });
      await sees(page.getByRole("region", { name: /What was changed/u }), /revoke/iu);
    }));

  test("the colours are chosen, and stay so; whoever signs out has to sign in again", () =>
    journey(
      scene,
      async (visit) => {
        const { page } = visit;
        const colours = page.getByRole("button", { name: /^Colours/u });
        const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
        const light = await background();
        await colours.click();
        await colours.click();
        await becomes(async () => (await background()) !== light, true);
        const dark = await background();
        await page.reload();
        await visit.settle();
        assert.equal(await background(), dark);
        await page.getByRole("button", { name: "Colours: dark. Change to system" }).waitFor();
        await visit.goTo("/about");
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.waitForURL(/\/sign-in/u);
        await page.goto("/runs");
        await page.waitForURL(/\/sign-in/u);
      },
      { mayComplain: /status of 401/u },
    ));
});
