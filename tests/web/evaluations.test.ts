/** Evaluations from their form to their figures, and two backtests set side by side, by the keyboard alone. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { checkAccessibility } from "../../scripts/web/check-accessibility.ts";
import { openBrowser } from "../../scripts/web/open-browser.ts";
import { Site } from "../../scripts/web/site.ts";
import type { Visit } from "../../scripts/web/visit.ts";
import { becomes, figuresCome, journey, longTest, type Scene, sees } from "./scene.ts";

const forecasts = [
  "period,subject,agent,p1,p2,p3,outcome",
  ...Array.from({ length: 80 }, (_, row) => {
    const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(row / 2))).toISOString().slice(0, 10);
    const [agent, p] =
      row % 2 === 0 ? ["<img src=x onerror=alert(1)>", "0.1,0.3,0.6"] : ["bear", "0.5,0.3,0.2"];
    return `${day},IBM,${agent},${p},${1 + (Math.floor(row / 2) % 3)}`;
  }),
].join("\n");

async function openForm({ page }: Visit, name: "backtest" | "evaluation") {
  await page.getByRole("button", { name: `New ${name}` }).click();
  return page.getByRole("dialog", { name: `New ${name}` });
}

async function evaluateFile(visit: Visit, name: string, content: string): Promise<void> {
  await visit.goTo("/experiments");
  const dialog = await openForm(visit, "evaluation");
  await dialog.getByLabel("What is evaluated").selectOption("file");
  await dialog
    .getByLabel("Forecasts, with what came true")
    .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });
  await dialog.getByRole("button", { name: "Start the evaluation" }).click();
  await visit.page.waitForURL(/\/experiments\/evaluations\/[\w-]+$/u);
}

async function isAccessible({ page }: Visit): Promise<void> {
  assert.deepEqual(await checkAccessibility(page), []);
}

describe("evaluations in the browser", { skip: whyNoChromium() }, () => {
  let scene: Scene;

  before(async () => {
    const [site, browser] = await Promise.all([Site.open(), openBrowser()]);
    scene = { site, browser };
  });
  after(async () => {
    await Promise.allSettled([scene?.browser.close(), scene?.site.close()]);
  });

  test("the project's own agents and every policy are evaluated on its market data", longTest, () =>
    journey(scene, async (visit) => {
      const { page } = visit;
      await visit.goTo("/experiments");
      const dialog = await openForm(visit, "evaluation");
      await dialog.getByLabel("Name").fill("all of us");
      await dialog.getByRole("button", { name: "Start the evaluation" }).click();
      await page.getByRole("heading", { level: 1, name: "all of us" }).waitFor();
      const table = page.getByRole("table", { name: "Agents and policies by rank" });
      await table.waitFor(figuresCome);
      for (const name of [/^momentum /u, /^linear-pool /u, /^uniform /u])
        await becomes(() => table.getByRole("row", { name }).count(), 1);
      await page.getByRole("img", { name: /^Mean score/u }).waitFor();
      await isAccessible(visit);
    }),
  );

  test("P7 a file's figures are shown, and its hostile names are text", () =>
    journey(scene, async (visit) => {
      await evaluateFile(visit, "views.csv", forecasts);
      const { page } = visit;
      await page.getByRole("heading", { level: 1, name: "views.csv" }).waitFor();
      await page.getByRole("table", { name: "Agents and policies by rank" }).waitFor();
      await sees(page.getByRole("table"), "<img src=x onerror=alert(1)>");
      assert.equal(await page.locator("img[src=x]").count(), 0);
      await isAccessible(visit);
    }));

  test("P7 a file that is none is told why, and where it lay is not", () =>
    journey(
      scene,
      async (visit) => {
        await evaluateFile(visit, "bad.csv", "a,b\n1,2\n");
        await sees(visit.page, /^The file has no column that is clearly the period/u);
        await sees(visit.page, "DATA_COLUMN_MISSING");
        await isAccessible(visit);
      },
      { scheme: "dark", isPhone: true },
    ));

  test("two backtests are set side by side, by the keyboard alone", longTest, () =>
    journey(scene, async (visit) => {
      const { page } = visit;
      const ids: string[] = [];
      for (const policy of ["linear-pool", "median"]) {
        await visit.goTo("/experiments");
        const dialog = await openForm(visit, "backtest");
        await dialog.getByLabel("From").fill("2008-01-01");
        await dialog.getByLabel(policy, { exact: true }).focus();
        await page.keyboard.press("Space");
        await dialog.getByRole("button", { name: "Start the backtest" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 2, name: "Performance" }).waitFor(figuresCome);
        ids.push(new URL(page.url()).pathname.split("/").at(-1) ?? "");
      }
      await visit.goTo("/experiments");
      // By their names: one that is under way stands above the others, and changes places when it is not any more.
      for (const id of ids) {
        await page.getByRole("checkbox", { name: `Compare ${id}` }).focus();
        await page.keyboard.press("Space");
      }
      const compare = page.getByRole("button", { name: "Compare two" });
      // What is disabled takes no focus.
      await becomes(() => compare.isEnabled(), true);
      await compare.focus();
      await page.keyboard.press("Enter");
      const settings = page.getByRole("table", { name: "Settings of the two backtests" });
      await settings.waitFor();
      assert.match(await settings.getByRole("row", { name: /^Policies/u }).innerText(), /differs/u);
      assert.doesNotMatch(await settings.getByRole("row", { name: /^Days/u }).innerText(), /differs/u);
      const figures = page.getByRole("table", { name: "Performance of the strategies" });
      for (const name of [/^[AB] linear-pool /u, /^[AB] median /u])
        await becomes(() => figures.getByRole("row", { name }).count(), 1);
      await isAccessible(visit);
    }),
  );
});
