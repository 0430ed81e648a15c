/** What journeys through the web page share: a real server with its record, a browser, and what is asserted after each. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { openBrowser } from "../../scripts/web/open-browser.ts";
import { Site } from "../../scripts/web/site.ts";
import type { MoreOfProject } from "../../scripts/web/site-project.ts";
import { Visit, type VisitOptions } from "../../scripts/web/visit.ts";

/** For what is waited for: a loaded machine takes many times as long as a quiet one. */
const patienceMs = 60_000;
const lookEveryMs = 25;

/** For tests that go through many pages, or wait for figures: more than any other test may take. */
export const longTest = { timeout: 600_000 } as const;
/** For figures that take a process of their own many seconds of computing. */
export const figuresCome = { timeout: 240_000 } as const;

export interface Scene {
  readonly site: Site;
  readonly browser: Browser;
}

/** A scene that cannot be had whole leaves nothing behind. */
export async function openScene(more: MoreOfProject = {}): Promise<Scene> {
  const [site, browser] = await Promise.allSettled([Site.open(more), openBrowser()]);
  if (site.status === "fulfilled" && browser.status === "fulfilled") {
    return { site: site.value, browser: browser.value };
  }
  if (site.status === "fulfilled") await site.value.close();
  if (browser.status === "fulfilled") await browser.value.close();
  throw site.status === "rejected" ? site.reason : (browser as PromiseRejectedResult).reason;
}

/** Also of a scene that could not be opened. */
export async function closeScene(scene: Scene | undefined): Promise<void> {
  await Promise.allSettled([scene?.browser.close(), scene?.site.close()]);
}

/** Visits the site, and asserts at the end that nothing was complained of on the way. */
export async function journey(
  { browser, site }: Scene,
  walk: (visit: Visit) => Promise<void>,
  options: VisitOptions & { readonly mayComplain?: RegExp } = {},
): Promise<void> {
  const { mayComplain } = options;
  const visit = await Visit.begin(browser, site, options);
  try {
    visit.page.context().setDefaultTimeout(patienceMs);
    await walk(visit);
    const complaints = visit.takeComplaints().filter((text) => mayComplain?.test(text) !== true);
    assert.deepEqual(complaints, []);
  } finally {
    await visit.end();
  }
}

/** Waits until the page says so somewhere in its content. */
export async function sees(page: Page | Locator, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** Waits until what is read is what is wanted. */
export async function becomes<Value>(read: () => Promise<Value>, wanted: Value): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (value === wanted) return;
    if (performance.now() > until) assert.deepEqual(value, wanted);
    await delay(lookEveryMs);
  }
}

/** Starts a run from the dialog; gives its id. */
export async function startRun(
  page: Page,
  workflow: string,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  await page.getByRole("button", { name: "Start a run" }).click();
  const dialog = page.getByRole("dialog", { name: "Start a run" });
  await dialog.getByRole("combobox", { name: "Workflow" }).selectOption(workflow);
  for (const [label, value] of Object.entries(fields))
    await dialog.getByRole("textbox", { name: label }).fill(value);
  await dialog.getByRole("button", { name: "Start the run" }).click();
  await page.waitForURL(/\/runs\/[^/]+$/u);
  return decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1) ?? "");
}
