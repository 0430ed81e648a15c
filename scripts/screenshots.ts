/**
 * `npm run screenshots [FOLDER]`: starts the real thing on the bundled data, with a few runs, one that waits for a person and a
 * backtest, and writes a picture of every page to the folder (`.screenshots` unless given): in both schemes, and as on a phone.
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "./web/open-browser.ts";
import { Site } from "./web/site.ts";
import { fillSite } from "./web/site-pages.ts";
import { Visit, type VisitOptions } from "./web/visit.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const folder = resolve(positionals[0] ?? ".screenshots");
const looks: readonly (VisitOptions & { readonly name: string })[] = [
  { name: "light", scheme: "light" },
  { name: "dark", scheme: "dark" },
  { name: "phone", scheme: "light", isPhone: true },
];

const browser = await openBrowser();
try {
  const site = await Site.open();
  try {
    mkdirSync(folder, { recursive: true });
    const first = await Visit.begin(browser, site);
    const pages = await fillSite(site, first.page);
    await first.end();
    await Promise.all(looks.map((look) => picture(look, site, pages)));
    console.log(`${looks.length * pages.length} pictures of ${pages.length} pages are in ${folder}`);
  } finally {
    await site.close();
  }
} finally {
  await browser.close();
}

async function picture(
  { name: look, ...options }: (typeof looks)[number],
  site: Site,
  pages: Awaited<ReturnType<typeof fillSite>>,
): Promise<void> {
  const visit = await Visit.begin(browser, site, options);
  for (const { name, path } of pages) {
    await visit.goTo(path);
    await visit.unroll();
    await visit.page.screenshot({ path: join(folder, `${name}-${look}.png`) });
    await visit.rollUp();
  }
  for (const complaint of visit.takeComplaints()) console.warn(`${look}: ${complaint}`);
  await visit.end();
}
