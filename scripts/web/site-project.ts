/** A project for whoever looks at the web page: decisions on the bundled data, runs that wait, and runs that go at a told pace. */
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../find-tests.ts";

/** Steps of `paced` wait for a file of this name in the project's folder. */
export function goFile(step: number): string {
  return `go-${step}`;
}

/** As many steps `paced` has. */
const pacedSteps = 6;

/**
 * Writes `mycroft.config.ts`, and links the checkout's packages.
 * @param more workflows, agents and the like: lines of code, and what of them joins which list of the configuration.
 */
export function writeSiteProject(folder: string, more: MoreOfProject = {}): void {
  const { code = "", agents = [], workflows = [] } = more;
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  writeFileSync(
    join(folder, "mycroft.config.ts"),
    `import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { builtInAgents, committee, defineCommittee } from "@mycroft/investing";
import { defineAgent, defineConfig, defineFunction, schedule, workflow } from "@mycroft/sdk";
import { z } from "zod";

const order = z.object({ symbol: z.string().meta({ description: "Which company" }), shares: z.number().int().min(1) });
const draft = defineFunction({
  name: "draft-order", version: "1.0.0", pure: true, input: order, output: order.extend({ text: z.string() }),
  run: ({ symbol, shares }) => ({ symbol, shares, text: "Buy " + shares + " shares of " + symbol }),
});
const file = defineFunction({
  name: "file-order", version: "1.0.0", input: z.object({ text: z.string() }), output: z.object({ filed: z.string() }),
  run: ({ text }) => ({ filed: text }),
});
const placeOrder = workflow(
  { name: "place-order", input: order, description: "An order that a person signs off before it is filed." },
  (w) => {
    const drafted = w.call("draft", draft, w.input);
    const verdict = w.approve("sign-off", drafted);
    return w.call("file", file, { text: drafted.text }, { after: [verdict] });
  },
);
const pace = defineFunction({
  name: "pace", version: "1.0.0", input: z.number(), output: z.number(),
  run: async (step, { heartbeat, log }) => {
    log.debug("Waits to be let go.", { step });
    while (!existsSync(import.meta.dirname + "/go-" + step)) { heartbeat(); await wait(10); }
    if (step > 40) log.warn("That is a large step.", { step, largest: 40 });
    return step * step;
  },
});
const paced = workflow(
  { name: "paced", input: z.object({ steps: z.array(z.number()).default([${Array.from({ length: pacedSteps }, (_, index) => index + 1).join(", ")}]) }), description: "Steps that go on when they are let." },
  (w) => w.map("steps", w.input.steps, (m) => m.call("pace", pace, m.item), { maxItems: 100 }),
);
${code}
export default defineConfig({
  data: "bundled",
  agents: [...builtInAgents(), ${agents.join(", ")}],
  workflows: [committee, placeOrder, paced, ${workflows.join(", ")}],
  schedules: [
    schedule({
      name: "after-the-close", workflow: placeOrder, input: { symbol: "IBM", shares: 10 },
      // On days that backfills ask for; it is not to fire by itself while somebody looks at what waits.
      cron: "30 16 * 2 1-5", timeZone: "America/New_York", catchUp: "none",
    }),
  ],
});
`,
  );
}

export interface MoreOfProject {
  readonly code?: string;
  readonly agents?: readonly string[];
  readonly workflows?: readonly string[];
}
