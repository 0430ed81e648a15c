/** A dispatcher over a queue and a clock that are in the test's hands, and short words for what tests do with it. */
import { setImmediate } from "node:timers/promises";
import type { MycroftError } from "@mycroft/errors";
import type { TaskMessage } from "../../ports/queue.ts";
import { ProcessClock } from "../../simulation/process-clock.ts";
import { VirtualClock } from "../../simulation/virtual-clock.ts";
import type { DispatchSettings } from "../dispatch-settings.ts";
import { Dispatcher, type Submission } from "../dispatcher.ts";
import { TestQueue } from "./test-queue.ts";

const startAt = Date.UTC(2010, 1, 26);

/** A clock that counts the timers that wait on it. */
class CountingClock extends VirtualClock {
  timers = 0;

  override setTimer(dueAt: number, action: () => void) {
    this.timers += 1;
    let isOpen = true;
    const close = (): void => {
      if (isOpen) this.timers -= 1;
      isOpen = false;
    };
    const timer = super.setTimer(dueAt, () => {
      close();
      action();
    });
    return {
      cancel: () => {
        close();
        timer.cancel();
      },
    };
  }
}

export function openDispatcher(settings: DispatchSettings = {}) {
  const world = new CountingClock(startAt);
  const clock = new ProcessClock(world);
  const queue = new TestQueue();
  const errors: MycroftError[] = [];
  const dispatcher = new Dispatcher({
    clock,
    queue,
    settings,
    onError: (error) => void errors.push(error),
  });
  const submit = (task: string, of: Partial<Submission> & { runId?: string; readyAt?: number } = {}) => {
    const { runId = "run", readyAt = clock.now(), ...rest } = of;
    const target = { kind: "function", name: "f" } as const;
    dispatcher.submit({ header: { runId } }, { task, attempt: 1, target, ...rest }, readyAt);
  };
  return {
    dispatcher,
    world,
    clock,
    queue,
    errors,
    submit,
    /** Submits tasks of one pool and publishes them. */
    submitAll: (tasks: string, of: Partial<Submission> & { readyAt?: number } = {}) => {
      for (const task of tasks) submit(task, of);
      dispatcher.flush();
    },
    claim: (task: string, worker = "w1", attempt = 1) => dispatcher.claim("run", task, attempt, worker),
    release: (task: string, attempt = 1) => dispatcher.release("run", task, attempt),
    published,
    /** The tasks of a pool of one slot, in the order in which they get it. */
    async oneByOne(): Promise<string> {
      let order = "";
      for (let next = await published(); next !== ""; next = await published()) {
        order += next;
        dispatcher.release("run", next, 1);
      }
      return order;
    },
    pass,
    usage: (pool: string) => {
      const usage = dispatcher.usage().find((one) => one.pool === pool);
      return usage === undefined ? null : [usage.slots, usage.inUse, usage.waiting];
    },
  };

  /** The tasks that were published since the last call, in order. */
  async function published(): Promise<string> {
    await pass(0);
    return queue.takeAll().map(taskOf).join("");
  }

  /** Lets time pass in small steps, so that whatever waits for the queue goes on in between. */
  async function pass(forMs: number): Promise<void> {
    const end = world.now() + forMs;
    do {
      world.advanceTo(Math.min(end, world.now() + 500));
      await setImmediate();
    } while (world.now() < end);
  }
}

export function taskOf({ task, attempt }: TaskMessage): string {
  return attempt === 1 ? task : `${task}${attempt}`;
}
