/** A child process that opens one module and does what it is told: see `child.ts`. It ends with its parent. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { endProcess } from "../peers/servers/start-server.ts";
import type { ChildTask, Reply, Request } from "./child.ts";
import type { Operations } from "./operations.ts";

export interface Child<Does extends Operations> {
  readonly pid: number;
  call<Name extends keyof Does>(
    name: Name,
    ...argument: Does[Name] extends (...given: infer Given) => unknown ? Given : never
  ): Does[Name] extends (...given: never[]) => infer Answer ? Answer : never;
  /** Closes what it has open, in good order. */
  end(): Promise<void>;
}

/** How long closing may take before the child is killed. */
const closeMs = 15_000;

/** Rejects when the module could not be opened, with what it threw. */
export async function startChild<Does extends Operations>(
  task: ChildTask,
  env: Readonly<Record<string, string>> = {},
): Promise<Child<Does>> {
  const child = fork(join(import.meta.dirname, "child.ts"), [JSON.stringify(task)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production", ...env },
  });
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.prependOnceListener("exit", endWithUs);
  const { opened, call } = talk(child, task.module);
  const end = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill("SIGKILL"), closeMs);
    // One that is gone already has nothing open.
    await call("close").catch(() => {});
    clearTimeout(timer);
    await endProcess(child, "SIGKILL");
    process.removeListener("exit", endWithUs);
  };
  try {
    await opened;
    // That the module does what `Does` says is for the caller to know, as of every message between processes.
    return { pid: child.pid ?? 0, call: call as unknown as Child<Does>["call"], end };
  } catch (thrown) {
    await endProcess(child, "SIGKILL");
    throw thrown;
  }
}

/** What is called of a child that has ended, or ends before it answers, rejects. */
function talk(child: ChildProcess, name: string) {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  let end: string | null = null;
  const waitFor = (id: number): Promise<unknown> => {
    const waiter = Promise.withResolvers<unknown>();
    if (end === null) waiting.set(id, waiter);
    else waiter.reject(new Error(end));
    return waiter.promise;
  };
  child.on("message", (reply: Reply) => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) waiter?.reject(new Error(`${name}: ${reply.error}`));
    else waiter?.resolve(reply.result);
  });
  child.once("exit", (code, signal) => {
    end = `The child ${name} has ended with ${code ?? signal}.`;
    for (const waiter of waiting.values()) waiter.reject(new Error(end));
    waiting.clear();
  });
  const opened = waitFor(0);
  const call = (operation: string, argument?: unknown): Promise<unknown> => {
    lastId += 1;
    const answered = waitFor(lastId);
    const request: Request = { id: lastId, call: operation, argument: argument ?? null };
    if (child.connected) child.send(request);
    return answered;
  };
  return { opened, call };
}
