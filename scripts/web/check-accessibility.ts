/** Asks axe about a page. It is put in from outside, so that the page's own CSP holds and is not loosened for it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** What WCAG 2.2 AA asks for, and what axe calls best practice. */
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const shownLength = 300;

/** A line for each thing that is wrong; none for a page that is right. */
export async function checkAccessibility(page: Page): Promise<readonly string[]> {
  const devTools = await page.context().newCDPSession(page);
  try {
    await devTools.send("Runtime.evaluate", { expression: axe });
    const expression =
      `axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ["violations"] })` +
      `.then(({ violations }) => JSON.stringify(violations))`;
    const { result, exceptionDetails } = await devTools.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`axe failed: ${exceptionDetails.text}`);
    const violations: readonly Violation[] = JSON.parse(String(result.value));
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ html, failureSummary = "" }) =>
          `${id}: ${help}: ${html.slice(0, shownLength)} ${failureSummary.replaceAll(/\s+/gu, " ").slice(0, shownLength)}`,
      ),
    );
  } finally {
    await devTools.detach();
  }
}
