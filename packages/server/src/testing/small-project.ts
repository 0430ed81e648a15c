/** A small project for tests of the server: a workflow that ends at once, one that waits for a person, and a schedule. */
import { defineConfig, defineFunction, type Project, schedule, workflow } from "@mycroft/sdk";
import { z } from "zod";

const value = z.strictObject({ value: z.number() });

export function smallProject(): Project {
  const half = defineFunction({
    ...{ name: "half", version: "1", input: value, output: value },
    run: ({ value }) => ({ value: value / 2 }),
  });
  const halving = workflow({ name: "halving", input: value }, (w) => w.call("half", half, w.input));
  const review = workflow({ name: "review", input: value }, (w) => {
    const first = w.call("first", half, w.input);
    const verdict = w.approve("sign-off", first);
    return w.call("second", half, first, { after: [verdict] });
  });
  const nightly = schedule({
    ...{ name: "nightly", workflow: halving, input: { value: 8 } },
    // It is triggered by hand.
    ...{ cron: "0 0 1 1 *", timeZone: "UTC", catchUp: "none" },
  });
  return defineConfig({ workflows: [halving, review], schedules: [nightly] });
}
