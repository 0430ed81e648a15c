/** What runs do while they are watched: a call for each of many items, as small as it can be. */
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
    description: "A call for each item, in rounds.",
    input: z.object({ items: z.array(z.number()).max(10_000) }),
  },
  (w) => w.map("each", w.input.items, (m) => m.call("work", noOp, { item: m.item }), { maxItems: 10_000 }),
);

export const benchProject = defineConfig({ workflows: [watched] });
