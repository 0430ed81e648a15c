/** `mycroft pools`: the pools of slots that steps share; while a process works on runs, what is in them. */
import type { Invocation } from "../command.ts";
import { askRecord } from "../control/ask-record.ts";
import { renderTable } from "../text/table.ts";

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const { pools } = await askRecord("listPools", {}, { options });
  if (terminal.json) {
    terminal.printJson({ pools });
    return 0;
  }
  const columns = [
    { title: "Pool" },
    { title: "Slots", align: "right" },
    { title: "In use", align: "right" },
    { title: "Waiting", align: "right" },
  ] as const;
  const rows = pools.map(({ pool, slots, inUse, waiting }) => [
    { text: pool, style: "bold" } as const,
    slots === null ? "no limit" : String(slots),
    String(inUse),
    String(waiting),
  ]);
  for (const line of renderTable(columns, rows, terminal)) terminal.print(line);
  return 0;
}
