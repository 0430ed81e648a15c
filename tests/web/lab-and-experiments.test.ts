/** The Lab, where policies are tried on a case, and a backtest from its form to its figures. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Resolution, ResolveRequest } from "@mycroft/ensemble";
import type { Page } from "playwright-core";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { functionsOf, resolutionsOf, walksOf } from "./exact-figures.ts";
import { offerModules } from "./exact-modules.ts";
import { becomes, closeScene, figuresCome, journey, longTest, openScene, type Scene, sees } from "./scene.ts";

interface RecordedRequest {
  readonly policy: string;
  readonly request: ResolveRequest;
}

interface RecordedDecision extends RecordedRequest {
  readonly runId: string;
  readonly task: string;
  readonly resolution: unknown;
}

/** Of earlier runs, by policies that learn. */
const keptRequests: readonly RecordedRequest[] = JSON.parse(
  readFileSync(new URL("../../apps/web/src/pages/lab/test-records/resolved.json", import.meta.url), "utf8"),
);

/** All that the site has on record, as its server tells it. */
async function recordedDecisions(page: Page): Promise<readonly RecordedDecision[]> {
  const { decisions } = await (await page.request.get("/api/decisions")).json();
  const details = decisions.map(async ({ runId, task }: Pick<RecordedDecision, "runId" | "task">) => {
    const path = `/api/runs/${encodeURIComponent(runId)}/decisions/${encodeURIComponent(task)}`;
    const { summary, request, resolution } = await (await page.request.get(path)).json();
    return { runId, task, policy: summary.policy, request: request.value, resolution };
  });
  return Promise.all(details);
}

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
      const rowOf = (lab: Page) =>
        lab
          .getByRole("table", { name: "The decision of each policy" })
          .getByRole("row", { name: /^linear-pool /u });
      const row = rowOf(page);
      const before = await row.innerText();
      const slider = page.getByRole("slider", { name: "momentum: up" });
      await slider.focus();
      for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press("ArrowRight");
      await row.filter({ hasNotText: new RegExp(before.match(/[\d.]+%/u)?.[0] ?? "%", "") }).waitFor();
      // It is kept a moment after the last change.
      const moved = await slider.inputValue();
      await becomes(
        () => page.evaluate(`localStorage.getItem("mycroft.lab")?.includes("${moved}") ?? false`),
        true,
      );
      const sum = await Promise.all(
        ["down", "flat", "up"].map(async (outcome) =>
          Number(await page.getByRole("slider", { name: `momentum: ${outcome}` }).inputValue()),
        ),
      );
      assert.ok(Math.abs(sum.reduce((total, one) => total + one, 0) - 1) < 0.02, `${sum}`);
      // What follows from the last change may be shown a frame later. A page that begins with it shows that at once.
      const other = await page.context().newPage();
      await other.goto("/lab");
      const after = await rowOf(other).innerText();
      await other.close();
      assert.notEqual(after, before);
      await becomes(() => row.innerText(), after);
      await page.reload();
      await becomes(() => row.innerText(), after);
    }));

  test("the Lab: a tour sets it up, and stepping through time lets the weights learn", () =>
    journey(scene, async (visit) => {
      await visit.goTo("/lab");
      const { page } = visit;
      // Halfway, with something to be seen.
      await sees(page.getByRole("region", { name: "Steps of the walk" }), "61 of 120");
      await page.getByRole("button", { name: "A learner forgets a broken agent" }).click();
      await page.getByRole("region", { name: "Tour: A learner forgets a broken agent" }).waitFor();
      const steps = page.getByRole("region", { name: "Steps of the walk" });
      const step = steps.getByRole("slider", { name: "Step" });
      await becomes(() => step.inputValue(), "0");
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

  const sameBytes =
    "P6 the Lab: recorded decisions are resolved again in the browser, and are the same byte for byte";
  test(sameBytes, longTest, () =>
    journey(scene, async (visit) => {
      const recorded = await recordedDecisions(visit.page);
      assert.ok(recorded.length >= 5, String(recorded.length));
      for (const { runId, task } of recorded) {
        await visit.goTo(`/lab?run=${encodeURIComponent(runId)}&task=${encodeURIComponent(task)}`);
        await sees(visit.page, "computed here: the same as on record, byte for byte");
      }
    }),
  );

  test("P6 in the browser every policy's result, every conflict and all that is learned are Node's, byte for byte", () =>
    journey(scene, async ({ page }) => {
      const recorded = await recordedDecisions(page);
      const requests = [...recorded, ...keptRequests].map(({ policy, request }) => ({ policy, request }));
      const moduleAt = await offerModules(page);
      const there: Record<"resolutions" | "walks" | "functions", string> = await page.evaluate(
        async ({ file, given, count }) => {
          const figures = await import(file);
          return {
            resolutions: figures.resolutionsOf(given),
            walks: figures.walksOf(),
            functions: figures.functionsOf(count),
          };
        },
        { file: moduleAt("tests/web/exact-figures.ts"), given: requests, count: 40_000 },
      );
      assert.equal(there.functions, functionsOf(40_000));
      assert.equal(there.walks, walksOf());
      assert.equal(there.resolutions, resolutionsOf(requests));
      const resolved: readonly { readonly resolutions: readonly Resolution[] }[] = JSON.parse(
        there.resolutions,
      );
      recorded.forEach(({ policy, resolution }, index) => {
        const here = resolved[index]?.resolutions.find((one) => one.policy.name === policy);
        assert.deepEqual(here, resolution);
      });
    }));

  test("a backtest is started there, shows how far it is, and comes to the figures on record", longTest, () =>
    journey(scene, async (visit) => {
      await visit.goTo("/experiments");
      const { page } = visit;
      await page.getByRole("button", { name: "New backtest" }).click();
      const dialog = page.getByRole("dialog", { name: "New backtest" });
      await dialog.getByLabel("From").fill("2006-01-01");
      await dialog.getByLabel("To", { exact: true }).fill("2007-12-31");
      await dialog.getByRole("button", { name: "Start the backtest" }).click();
      await page.waitForURL(/\/experiments\/backtests\/[\w-]+$/u);
      await page.getByRole("heading", { level: 2, name: "Performance" }).waitFor(figuresCome);
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
    }),
  );
});
