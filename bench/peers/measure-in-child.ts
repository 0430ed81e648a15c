/** One system, once: its folder, its server and its process are made for it and gone afterwards, however it ends. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message, Task } from "./measure-system.ts";
import { type Measured, type TimeBox, type Workload, workloads } from "./measurement.ts";
import type { Entry } from "./roster.ts";
import { endProcess, startServer } from "./servers/start-server.ts";

export type MeasuredWorkloads = Readonly<Record<Workload["id"], Measured>>;

const startPatienceMs = 60_000;
const keptOutput = 2_000;

/** Rejects when the system fails, or takes much longer than its time. */
export async function measureInChild(
  { module, setting, server }: Entry,
  box: TimeBox,
): Promise<MeasuredWorkloads> {
  const parent = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
  const removeFolder = (): void => rmSync(parent, { recursive: true, force: true });
  process.once("exit", removeFolder);
  try {
    const running = server === undefined ? null : await startServer(server, parent);
    try {
      return await measureWith({
        module,
        setting,
        folder: mkdtempSync(join(parent, "system-")),
        ports: running?.ports ?? {},
        box,
      });
    } finally {
      await running?.stop();
    }
  } finally {
    process.removeListener("exit", removeFolder);
    removeFolder();
  }
}

async function measureWith(task: Task): Promise<MeasuredWorkloads> {
  const child = fork(join(import.meta.dirname, "measure-system.ts"), [JSON.stringify(task)], {
    cwd: task.folder,
    silent: true,
    // Nothing that is measured may call home, nor look for somebody else's settings.
    env: {
      ...process.env,
      MASTRA_TELEMETRY_DISABLED: "1",
      LANGSMITH_TRACING: "false",
      NODE_ENV: "production",
    },
  });
  const { maxMs, maxWarmUpMs } = task.box;
  // A time box is over when the runs that were begun have ended: they get as long again.
  const patienceMs = startPatienceMs + workloads.length * 2 * (maxMs + maxWarmUpMs);
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.prependOnceListener("exit", endWithUs);
  try {
    return await receive(child);
  } finally {
    clearTimeout(timer);
    process.removeListener("exit", endWithUs);
    await endProcess(child, "SIGTERM");
  }
}

async function receive(child: ChildProcess): Promise<MeasuredWorkloads> {
  const measured = new Map<Workload["id"], Measured>();
  let said = "";
  const listen = (chunk: Buffer): void => {
    said = `${said}${chunk}`.slice(-keptOutput);
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  child.on("message", (message: Message) => measured.set(message.workload, message.measured));
  const [code, signal] = await once(child, "close");
  const [a, b, c] = workloads.map(({ id }) => measured.get(id));
  if (code !== 0 || a === undefined || b === undefined || c === undefined) {
    throw new Error(`its process ended with ${code ?? signal} and said: ${said.trim() || "nothing"}`);
  }
  return { a, b, c };
}
