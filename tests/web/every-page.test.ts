/** Every page in both schemes and on a phone: readable by all (WCAG 2.2 AA, as axe checks it), within the screen's width, and quiet. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { whyNoChromium } from "../../scripts/servers/test-programs.ts";
import { checkAccessibility } from "../../scripts/web/check-accessibility.ts";
import { fillSite, type SitePage } from "../../scripts/web/site-pages.ts";
import { Visit, type VisitOptions } from "../../scripts/web/visit.ts";
import { closeScene, longTest, openScene, type Scene } from "./scene.ts";

describe("every page", { skip: whyNoChromium(), concurrency: 3 }, () => {
  let scene: Scene;
  let pages: readonly SitePage[];

  before(async () => {
    scene = await openScene();
    const visit = await Visit.begin(scene.browser, scene.site);
    pages = await fillSite(scene.site, visit.page);
    await visit.end();
  }, longTest);
  after(() => closeScene(scene));

  const looks: readonly (VisitOptions & { readonly name: string })[] = [
    { name: "light, on a desk", scheme: "light" },
    { name: "dark, on a desk", scheme: "dark" },
    { name: "dark, on a phone", scheme: "dark", isPhone: true },
  ];

  for (const { name, ...look } of looks) {
    const title = `${name}: axe finds nothing, nothing is wider than the screen, nothing is complained of`;
    test(title, longTest, async () => {
      const visit = await Visit.begin(scene.browser, scene.site, look);
      const found: string[] = [];
      for (const { name: page, path } of pages) {
        await visit.goTo(path);
        found.push(...(await checkAccessibility(visit.page)).map((violation) => `${page}: ${violation}`));
        const wider = await visit.overflow();
        if (wider !== 0) found.push(`${page}: ${wider} px wider than the screen`);
        found.push(...visit.takeComplaints().map((complaint) => `${page}: ${complaint}`));
      }
      await visit.end();
      assert.deepEqual(found, []);
    });
  }
});
