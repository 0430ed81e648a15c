/** Runs that are started, watched and steered from the page, also while the server is killed under it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { closeScene, journey, openScene, type Scene, sees, startRun } from "./scene.ts";

describe("a run in the browser", { skip: whyNoChromium() }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene();
  });
  after(() => closeScene(scene));

  const counts = (page: Page) => page.getByRole("definition");
  const heading = (page: Page, text: string) =>
    page.getByRole("heading", { level: 1, name: `paced ${text}` }).waitFor();
  /** What the command line says of the run, from the record. */
  const statusOf = (runId: string): string => JSON.parse(scene.site.run("show", runId, "--json")).run.status;
  /** How many events the record has. */
  async function eventsOf(page: Page, runId: string): Promise<number> {
    const { run } = await (await page.request.get(`/api/runs/${runId}`)).json();
    return run.events;
  }

  test("is started there, and seen step by step as it goes, without a reload", () =>
    journey(scene, async ({ page }) => {
      const runId = await startRun(page, "paced", { steps: "[11, 12, 13]" });
      await heading(page, "running");
      await sees(counts(page), "3 running");
      scene.site.letGo(12);
      await sees(counts(page), "1 succeeded");
      scene.site.letGo(11, 13);
      await heading(page, "succeeded");
      assert.equal(statusOf(runId), "succeeded");
    }));

  test("P3 outlives a killed server: the page says so, recovers by itself, and misses nothing", () =>
    journey(
      scene,
      async ({ page }) => {
        const runId = await startRun(page, "paced", { steps: "[21, 22, 23, 24]" });
        await page.getByRole("tab", { name: /^Events/u }).click();
        scene.site.letGo(21, 22);
        await sees(counts(page), "2 succeeded");
        await scene.site.kill();
        await page
          .getByRole("status")
          .filter({ hasText: /connection was lost|does not answer/u })
          .waitFor();
        await scene.site.start();
        scene.site.letGo(23);
        await sees(counts(page), "3 succeeded");
        scene.site.letGo(24);
        await heading(page, "succeeded");
        assert.equal(statusOf(runId), "succeeded");
        const count = await eventsOf(page, runId);
        assert.ok(count >= 5, "its start, and the end of each of its four tasks");
        await page.getByRole("tab", { name: `Events ${count}` }).waitFor();
        const rows = page.getByRole("tabpanel").getByRole("button");
        await rows.nth(count - 1).waitFor();
        const told = await rows.allInnerTexts();
        assert.deepEqual(
          told.map((text) => Number.parseInt(text, 10)),
          Array.from({ length: count }, (_, seq) => seq),
          "each event once, in order",
        );
        await page
          .getByRole("status")
          .filter({ hasText: /connection was lost|does not answer/u })
          .waitFor({ state: "hidden" });
      },
      // Chromium itself notes connections that are refused or break off.
      {
        mayComplain:
          /ERR_(?:CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/u,
      },
    ));

  test("E8 waits for a person, comes up by itself where they look, and goes on with their verdict", () =>
    journey(scene, async ({ page }) => {
      await page.getByRole("heading", { level: 1, name: /judged 5 companies/u }).waitFor();
      const { runId } = JSON.parse(scene.site.run("schedule", "trigger", "after-the-close", "--json"));
      const waiting = page.getByRole("region", { name: /waits? for a person/u });
      await sees(waiting, /Buy 10 shares of IBM/u);
      await waiting.getByLabel("Comment").fill("within the limits");
      await waiting.getByRole("button", { name: "Approve" }).click();
      await waiting.waitFor({ state: "hidden" });
      await page.goto(`/runs/${runId}`);
      await page.getByRole("heading", { level: 1, name: "place-order succeeded" }).waitFor();
      const verdict = JSON.parse(scene.site.run("show", runId, "--task", "sign-off", "--json")).task.output;
      assert.deepEqual([verdict.approved, verdict.by, verdict.comment], [true, "local", "within the limits"]);
    }));

  test("E11 is cancelled there, with the reason on record", () =>
    journey(scene, async ({ page }) => {
      const runId = await startRun(page, "paced", { steps: "[31, 32]" });
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("textbox").fill("not needed any more");
      await dialog.getByRole("button", { name: /^Cancel/u }).click();
      await heading(page, "cancelled");
      assert.match(scene.site.run("show", runId), /not needed any more/u);
    }));
});
