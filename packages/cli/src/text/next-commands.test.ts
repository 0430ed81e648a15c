import assert from "node:assert/strict";
import { test } from "node:test";
import { nextCommands } from "./next-commands.ts";

test("a command line is whole: it names the place of the last one, and a shell reads its words as they are", () => {
  const [line = ""] = nextCommands([["explain", "0jx-1", "BRK.B"]], {
    folder: "my runs",
    config: "a.ts",
    json: true,
  });
  assert.match(line, /^(?:npx )?mycroft explain 0jx-1 BRK\.B --folder 'my runs' --config a\.ts$/u);
  const store = "postgres://me:s3cret@db:5432/runs";
  const [shared = ""] = nextCommands([["runs"]], { store, cluster: "desk" });
  assert.ok(
    shared.endsWith("mycroft runs --store postgres://me:PASSWORD@db:5432/runs --cluster desk"),
    shared,
  );
  const [tricky = ""] = nextCommands([["show", "it's; rm"]], {});
  assert.ok(tricky.endsWith(`show 'it'\\''s; rm'`));
});
