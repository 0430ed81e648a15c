/** From the printed address to a decision, to its conflict, and to where each number came from. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { closeScene, journey, openScene, type Scene, sees } from "./scene.ts";

describe("a decision in the browser", { skip: whyNoChromium() }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene();
  });
  after(() => closeScene(scene));

  test("the address that is printed leads to what was decided, and the token does not stay in it", () =>
    journey(scene, async ({ page }) => {
      await page.getByRole("heading", { level: 1, name: /6 agents judged 5 companies/u }).waitFor();
      assert.equal(page.url(), `${scene.site.origin}/`);
      const table = page.getByRole("table", { name: "The newest decision on each company" });
      for (const symbol of ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"]) {
        await table.getByRole("rowheader", { name: symbol }).waitFor();
      }
      await page.reload();
      await table.waitFor();
    }));

  test("the sharpest conflict opens into every opinion, who is against whom, weights, contributions and the record", () =>
    journey(scene, async ({ page }) => {
      await page.getByRole("link", { name: "Why it was decided so" }).click();
      await page.getByRole("region", { name: "The decision in short" }).waitFor();
      const subject = await page.getByRole("heading", { level: 1 }).innerText();
      const told = JSON.parse(scene.site.run("explain", "latest", subject, "--json"));
      await sees(page, told.decisions[0].explanation.headline);
      for (const agent of ["macro", "momentum", "reversal", "technical", "trend", "volatility"]) {
        await page
          .getByRole("img", { name: new RegExp(`^${agent}: down `, "u") })
          .first()
          .waitFor();
      }
      for (const title of [
        "Where they conflict",
        "What each weighs, and why",
        "How it adds up",
        "On record",
      ]) {
        await page.getByRole("heading", { level: 2, name: title }).first().waitFor();
      }
    }));

  test("one click leads from a number to the task that it came from, and back to the decision", () =>
    journey(scene, async ({ page }) => {
      await page.getByRole("link", { name: "Why it was decided so" }).click();
      await page
        .getByRole("link", { name: /^Where the view came from: companies\[\d\]\/resolution$/u })
        .click();
      await page.waitForURL(/\/runs\/[^/]+\?task=/u);
      const panel = page.getByRole("complementary").or(page.getByRole("dialog")).first();
      await sees(panel, "succeeded");
      await page.getByRole("link", { name: /^The decision on \w+, and why$/u }).click();
      await page.getByRole("region", { name: "The decision in short" }).waitFor();
    }));

  test("P6 a replay from the page decides the same", () =>
    journey(scene, async (visit) => {
      const asked: string[] = [];
      visit.page.on("request", (request) => {
        const [, run] = /^\/api\/runs\/([^/]+)$/u.exec(new URL(request.url()).pathname) ?? [];
        if (run !== undefined) asked.push(run);
      });
      await visit.goTo("/runs/latest");
      await visit.page.waitForURL(/\/runs\/(?!latest$)[^/]+$/u);
      await visit.page.getByRole("button", { name: "Replay" }).click();
      await sees(visit.page.getByRole("dialog"), "It decides the same");
      assert.deepEqual(asked, ["latest"], "the page is not begun anew with the run's own address");
    }));

  test("whoever comes without the address is asked to sign in, and a key lets in", () =>
    journey(
      scene,
      async ({ page }) => {
        const key = scene.site.run("keys", "create", "guest").trim();
        await page.context().clearCookies();
        await page.goto(`${scene.site.origin}/runs`);
        await page.waitForURL(/\/sign-in/u);
        await page.getByRole("textbox").fill("myk_wrong");
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("alert").first().waitFor();
        await page.getByRole("textbox").fill(key);
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.waitForURL(/\/runs$/u);
        await page.getByRole("heading", { level: 1, name: "Runs" }).waitFor();
        assert.equal(
          await page.getByRole("button", { name: "Start a run" }).count(),
          0,
          "a viewer starts nothing",
        );
      },
      // Chromium itself notes answers that say no.
      { mayComplain: /status of 401/u },
    ));
});
