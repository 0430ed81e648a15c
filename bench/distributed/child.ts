/** The program of every child: it opens the module that its parent names, and then does what it is told. */
import type { Operations } from "./operations.ts";

/** The only argument, in JSON. */
export interface ChildTask {
  /** Seen from this folder. */
  readonly module: string;
  readonly setting: unknown;
}

export interface Request {
  readonly id: number;
  readonly call: string;
  readonly argument: unknown;
}

/** `id` 0: the module is open, or could not be opened. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

type Opened = Operations & Readonly<Record<string, (argument: unknown) => Promise<unknown>>>;

const { module, setting }: ChildTask = JSON.parse(process.argv[2] ?? "{}");

// Without a parent there is nothing left to do.
process.on("disconnect", () => process.exit(0));
await answer(0, async () => {
  const { open }: { readonly open: (setting: unknown) => Promise<Opened> } = await import(module);
  const operations = await open(setting);
  process.on("message", ({ id, call, argument }: Request) => {
    void answer(id, async () => operations[call]?.(argument));
  });
  return null;
});

async function answer(id: number, work: () => Promise<unknown>): Promise<void> {
  let reply: Reply;
  try {
    reply = { id, result: await work() };
  } catch (thrown) {
    reply = { id, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
  process.send?.(reply);
}
