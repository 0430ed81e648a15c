/**
 * The signals that a run has been sent and the tasks that wait for some (E9). Both wait for each other in lines, one
 * for each name and key: the signal that came first goes to the task that waited first.
 */
import { planLimits } from "./plan.ts";
import type { JsonValue } from "./workflow-definition.ts";

/** Of a name and key, either signals wait or tasks do. */
interface Line<Task> {
  readonly signals: JsonValue[];
  readonly tasks: Task[];
}

export interface SignalAddress {
  readonly signal: string;
  readonly key: string | null;
}

export class SignalBox<Task> {
  readonly #lines = new Map<string, Line<Task>>();
  readonly #ids = new Set<string>();
  #received = 0;

  /** Whether one more may come: there is room, and this id is new. */
  admits(id: string | undefined): boolean {
    return this.#received < planLimits.signals && !(id !== undefined && this.#ids.has(id));
  }

  /** Takes a signal in; the task that it wakes, or null when it waits for one. */
  receive(address: SignalAddress, payload: JsonValue, id: string | undefined): Task | null {
    this.#received += 1;
    if (id !== undefined) this.#ids.add(id);
    const line = this.#lineOf(address);
    const task = line.tasks.shift() ?? null;
    if (task === null) line.signals.push(payload);
    return task;
  }

  /** The payload of the oldest signal that nobody has taken; without one, the task waits. */
  takeOrWait(address: SignalAddress, task: Task): { readonly payload: JsonValue } | null {
    const line = this.#lineOf(address);
    if (line.signals.length === 0) {
      line.tasks.push(task);
      return null;
    }
    return { payload: line.signals.shift() ?? null };
  }

  /** The task waits no longer. */
  leave(address: SignalAddress, task: Task): void {
    const { tasks } = this.#lineOf(address);
    const place = tasks.indexOf(task);
    if (place >= 0) tasks.splice(place, 1);
  }

  #lineOf({ signal, key }: SignalAddress): Line<Task> {
    // Names hold no line breaks.
    const name = key === null ? signal : `${signal}\n${key}`;
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = { signals: [], tasks: [] };
      this.#lines.set(name, line);
    }
    return line;
  }
}
