/** What an agent's opinions were worth, two agents head to head, and the cases behind every figure. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Locator } from "playwright-core";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { becomes, closeScene, journey, openScene, type Scene, sees } from "./scene.ts";

describe("agents in the browser", { skip: whyNoChromium() }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene();
  });
  after(() => closeScene(scene));

  test("one click leads from an agent's skill to the cases that it is made of, and from a case to the Lab", () =>
    journey(scene, async (visit) => {
      await visit.goTo("/agents");
      const { page } = visit;
      await page.getByRole("link", { name: "momentum" }).first().click();
      await page.getByRole("link", { name: "Where the skill came from: the cases that it judged" }).click();
      const cases = page.getByRole("region", { name: "The cases behind these figures" });
      await becomes(() => cases.evaluate((element) => element === element.ownerDocument.activeElement), true);
      await becomes(() => cases.getByRole("row").count(), 21);
      await sees(cases, /^20 of \d+ cases$/u);
      await cases.getByRole("button", { name: "More" }).click();
      await becomes(() => cases.getByRole("row").count(), 41);
      await cases.getByLabel("In order").selectOption("worst scores first");
      await becomes(async () => areFalling(await scoresOf(cases)), true);
      await cases.getByRole("row").nth(1).getByRole("link").click();
      await page.getByRole("heading", { level: 1, name: "Lab" }).waitFor();
      await sees(page, /^\d+ of \d+/u);
    }));

  test("two agents are set against each other, on the cases that both judged, day by day", () =>
    journey(scene, async (visit) => {
      await visit.goTo("/agents/trend");
      const { page } = visit;
      await page.getByLabel("and another").selectOption("reversal");
      await page.getByRole("button", { name: "Compare" }).click();
      await page.getByRole("heading", { level: 1, name: "trend against reversal" }).waitFor();
      const cases = page.getByRole("region", { name: "The cases behind these figures" });
      await sees(cases, /^20 of \d+ cases$/u);
      const day = cases.getByLabel("Day");
      await day.selectOption({ index: 1 });
      await sees(cases, /^5 cases$/u);
      assert.match(await day.inputValue(), /^\d{4}-\d{2}-\d{2}$/u);
      for (const name of ["trend's score", "reversal's", "Difference"]) {
        await cases.getByRole("columnheader", { name }).waitFor();
      }
    }));
});

/** The agent's own, row by row, at one moment: a row that another order takes away would be waited for in vain. */
async function scoresOf(cases: Locator): Promise<readonly number[]> {
  // The fifth column; the first one names the row.
  return (await cases.locator("tbody td:nth-of-type(4)").allInnerTexts()).map(Number);
}

/** The lowest is the best. */
function areFalling(scores: readonly number[]): boolean {
  return (
    scores.length > 10 && scores.every((score, index) => index === 0 || score <= (scores[index - 1] ?? 0))
  );
}
