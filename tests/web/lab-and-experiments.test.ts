/** The Lab, where policies are tried on a case, and a backtest from its form to its figures. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { becomes, closeScene, journey, openScene, type Scene, sees } from "./scene.ts";

describe("experiments in the browser", { skip: whyNoChromium() }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene();
  });
  after(() => closeScene(scene));

  test("the Lab: a key press on one agent's probability moves every policy, and survives a reload", () =>
    journey(scene, async (visit) => {
      await visit.goTo("/lab");
      const { page } = visit;
      const row = page
        .getByRole("table", { name: "The decision of each policy" })
        .getByRole("row", { name: /^linear-pool /u });
      const before = await row.innerText();
      const slider = page.getByRole("slider", { name: "momentum: up" });
      await slider.focus();
      for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press("ArrowRight");
      await row.filter({ hasNotText: new RegExp(before.match(/[\d.]+%/u)?.[0] ?? "%", "") }).waitFor();
      const sum = await Promise.all(
        ["down", "flat", "up"].map(async (outcome) =>
          Number(await page.getByRole("slider", { name: `momentum: ${outcome}` }).inputValue()),
        ),
      );
      assert.ok(Math.abs(sum.reduce((total, one) => total + one, 0) - 1) < 0.02, `${sum}`);
      const after = await row.innerText();
      assert.notEqual(after, before);
      // It is kept a moment after the last change.
      const moved = await slider.inputValue();
      await becomes(
        () => page.evaluate(`localStorage.getItem("mycroft.lab")?.includes("${moved}") ?? false`),
        true,
      );
      await page.reload();
      await becomes(() => row.innerText(), after);
    }));

  test("the Lab: a tour sets it up, and stepping through time lets the weights learn", () =>
    journey(scene, async (visit) => {
      await visit.goTo("/lab");
      const { page } = visit;
      await page.getByRole("button", { name: "A learner forgets a broken agent" }).click();
      await page.getByRole("region", { name: "Tour: A learner forgets a broken agent" }).waitFor();
      const steps = page.getByRole("region", { name: "Steps of the walk" });
      const step = steps.getByRole("slider", { name: "Step" });
      await step.waitFor();
      const last = Number(await step.getAttribute("max"));
      assert.ok(last > 10);
      // What is not walked yet cannot be gone to.
      await steps.getByText(/walking/u).waitFor({ state: "hidden" });
      await step.focus();
      await page.keyboard.press("ArrowRight");
      await sees(steps, `2 of ${last + 1}`);
      await page.keyboard.press("End");
      await sees(steps, `${last + 1} of ${last + 1}`);
      const chart = page.getByRole("img", { name: /^Weights of boa over the steps/u });
      const weight = Number(/breaks (\d+)%/u.exec((await chart.getAttribute("aria-label")) ?? "")?.[1]);
      assert.ok(weight < 25, `the one that broke weighs ${weight}%`);
      await page.getByRole("list", { name: "Drifts noticed by this step" }).waitFor();
    }));

  test("P6 the Lab: a recorded decision is resolved again in the browser, and is the same to the byte", () =>
    journey(scene, async ({ page }) => {
      await page.getByRole("link", { name: "Why it was decided so" }).click();
      await page.getByRole("link", { name: "Open in the Lab" }).click();
      await page.waitForURL(/\/lab\?/u);
      // Engines of different versions round some logarithms differently in their last digit; the page says that, too.
      await sees(page, /computed here: the same as on record/u);
    }));

  test("a backtest is started there, shows how far it is, and comes to the figures on record", () =>
    journey(scene, async (visit) => {
      await visit.goTo("/experiments");
      const { page } = visit;
      await page.getByRole("button", { name: "New backtest" }).click();
      const dialog = page.getByRole("dialog", { name: "New backtest" });
      await dialog.getByLabel("From").fill("2006-01-01");
      await dialog.getByLabel("To", { exact: true }).fill("2007-12-31");
      await dialog.getByRole("button", { name: "Start the backtest" }).click();
      await page.waitForURL(/\/experiments\/backtests\/[\w-]+$/u);
      await page.getByRole("heading", { level: 2, name: "Performance" }).waitFor();
      const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
      const listed: { readonly backtests: readonly { readonly id: string }[] } = JSON.parse(
        scene.site.run("backtest", "list", "--json"),
      );
      assert.deepEqual(
        listed.backtests.map((one) => one.id),
        [id],
      );
      await page.getByRole("button", { name: "Explain a day" }).click();
      const asked = page.getByRole("dialog", { name: "Why it decided so on a day" });
      await asked.getByLabel("Day").fill("2007-05-31");
      await asked.getByRole("combobox", { name: "Company" }).selectOption("MSFT");
      await asked
        .getByRole("button")
        .filter({ hasText: /explain|ask|show/iu })
        .click();
      await sees(asked, /MSFT on 2007-05-31/u);
    }));
});
