/** A project whose runs wait: for a person, a signal, a file, a time; and whose schedules fire when they are told to. */
import { join } from "node:path";
import type { TemporaryFolder } from "./temporary-folder.ts";

/** Never, for a test: schedules are triggered. */
const farAway = "0 0 1 1 *";
/** Once a day, about twelve hours from now in New York: what keeps running in a test is not to meet it. */
const farOff = `30 ${(new Date().getUTCHours() + 7) % 24} * * *`;

/**
 * Writes `mycroft.config.ts` and gives its path. Functions say on standard error what they are asked, as `patient asked 1`;
 * `patient` answers once there is a file `go-VALUE`, and `picky` fails for a value above 10.
 * @param more is added to the configuration, such as `data: { csv: ["prices.csv"] }`.
 */
export function writeWaitingProject(folder: TemporaryFolder, more = ""): string {
  return folder.write(
    "mycroft.config.ts",
    `import { existsSync } from "node:fs";
     import { setTimeout as wait } from "node:timers/promises";
     import { defineConfig, defineFunction, schedule, workflow } from "@mycroft/sdk";
     import { z } from "zod";
     const number = z.object({ value: z.number() });
     const define = (name: string, run: (value: number) => number | Promise<number>) =>
       defineFunction({ name, version: "1", input: number, output: number, run: async ({ value }) => {
         console.error(name + " asked " + value);
         return { value: await run(value) };
       } });
     const half = define("half", (value) => value / 2);
     const picky = define("picky", (value) => { if (value > 10) throw new Error("too much"); return value; });
     const patient = define("patient", async (value) => {
       while (!existsSync(import.meta.dirname + "/go-" + value)) await wait(5);
       return value;
     });
     const once = { retry: { maxAttempts: 1 } };
     const review = workflow({ name: "review", input: number }, (w) => {
       const first = w.call("first", half, w.input);
       const verdict = w.approve("sign-off", first);
       return w.call("second", half, first, { after: [verdict] });
     });
     const parent = workflow({ name: "parent", input: number }, (w) => w.run("child", review, w.input));
     const listening = workflow({ name: "listening", input: z.object({}) }, (w) =>
       w.waitFor("news", { signal: "news", schema: number, timeoutMs: 86_400_000 }));
     const slow = workflow({ name: "slow", input: number }, (w) => w.call("work", patient, w.input, once));
     const sleepy = workflow({ name: "sleepy", input: number }, (w) => w.sleep("nap", { durationMs: w.input.value }));
     const failing = workflow({ name: "failing", input: number }, (w) =>
       w.call("check", picky, w.call("first", half, w.input), once));
     const seeing = defineFunction({ name: "seeing", version: "1", input: z.object({}), output: z.object({ last: z.string() }),
       run: (_, { market }) => ({ last: market?.symbols().join(",") ?? "none" }) });
     const data = workflow({ name: "data", input: z.object({}) }, (w) => w.call("see", seeing, {}));
     const on = { cron: "${farAway}", timeZone: "America/New_York", catchUp: "none" } as const;
     const each = { cron: "${farOff}", timeZone: "America/New_York", catchUp: "none" } as const;
     export default defineConfig({
       workflows: [review, parent, listening, slow, sleepy, failing, data],
       schedules: [
         schedule({ name: "nightly", workflow: review, input: { value: 8 }, ...on }),
         schedule({ name: "working", workflow: slow, input: { value: 1 }, ...on }),
         schedule({ name: "daily", workflow: failing, input: { value: 8 }, ...each }),
         schedule({ name: "often", workflow: failing, input: { value: 8 }, cron: "* * * * * *", startAt: "2900-01-01" }),
         schedule({ name: "looking", workflow: data, input: {}, asOf: "2020-01-03", ...on }),
       ],
       pools: { narrow: { slots: 2 } },
       ${more}
     });`,
  );
}

/** Where the processes of a test run, with their compiled code to go when the folder goes. */
export function processOptions(folder: TemporaryFolder) {
  return { cwd: folder.path, env: { NODE_COMPILE_CACHE: join(folder.path, "compiled") } };
}
