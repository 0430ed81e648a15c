/** What runs do while they are watched: they wait until all watch, then make a call for each of many items, as small as it can be. */
import { defineConfig, defineFunction, workflow } from "@mycroft/sdk";
import { z } from "zod";

const noOp = defineFunction({
  name: "no-op",
  version: "1",
  pure: true,
  input: z.object({ item: z.number() }),
  output: z.number(),
  run: ({ item }) => item,
});

export const watched = workflow(
  {
    name: "watched",
    description: "A call for each item.",
    input: z.object({ items: z.array(z.number()).max(10_000) }),
  },
  (w) => {
    const go = w.waitFor("go", { signal: "go", schema: z.null() });
    const options = { maxItems: 10_000, after: [go] };
    return w.map("each", w.input.items, (m) => m.call("work", noOp, { item: m.item }), options);
  },
);

export const benchProject = defineConfig({ workflows: [watched] });
