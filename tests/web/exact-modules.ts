/** Gives a page the project's own modules, as Node runs them: their types stripped by Node, and nothing else done to them. */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { root } from "../../scripts/find-tests.ts";

const prefix = "/modules-of-the-test";

/** @returns where the page finds a file of the checkout, to import it. */
export async function offerModules(page: Page): Promise<(file: string) => string> {
  const of = (file: string): string => `${prefix}/${file}`;
  await page.route(`**${prefix}/**`, async (route) => {
    const file = new URL(route.request().url()).pathname.slice(prefix.length + 1);
    const code = stripTypeScriptTypes(readFileSync(join(root, file), "utf8"));
    const body = code.replaceAll(
      /(\sfrom )"@mycroft\/(\w+)"/gu,
      (_, from: string, room: string) => `${from}"${of(`packages/${room}/src/index.ts`)}"`,
    );
    await route.fulfill({ contentType: "text/javascript", body });
  });
  return of;
}
