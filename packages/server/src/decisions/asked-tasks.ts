/** In which task of a run an agent gave the view that a resolve step took in: the one of that output, in the nearest scope. */
import { isDeepStrictEqual } from "node:util";
import type { TaskStory, Timeline } from "@mycroft/record";
import { z } from "zod";

const resolveInput = z.object({
  views: z.array(z.object({ agent: z.string(), settled: z.object({ output: z.unknown().optional() }) })),
});

export interface AskedTask {
  readonly agent: string;
  readonly task: string;
}

export class AskedTasks {
  /** By scope and agent, in the order in which they came into being. */
  readonly #asked = new Map<string, TaskStory[]>();

  constructor({ tasks }: Timeline) {
    for (const task of tasks) {
      if (task.target?.kind !== "agent") continue;
      const key = keyOf(scopeOf(task.id), task.target.name);
      const known = this.#asked.get(key);
      if (known === undefined) this.#asked.set(key, [task]);
      else known.push(task);
    }
  }

  /** For each agent of a resolve step's input, in order of name; one that this run did not ask is left out. */
  of(resolve: TaskStory): readonly AskedTask[] {
    const input = resolveInput.safeParse(resolve.attempts.at(-1)?.input);
    if (!input.success) return [];
    const found = input.data.views.flatMap(({ agent, settled }) => {
      const task = this.#find(agent, resolve.id, settled.output);
      return task === null ? [] : [{ agent, task: task.id }];
    });
    return found.sort((a, b) => (a.agent < b.agent ? -1 : a.agent > b.agent ? 1 : 0));
  }

  #find(agent: string, resolve: string, output: unknown): TaskStory | null {
    let nearest: TaskStory | null = null;
    for (let scope = scopeOf(resolve); ; scope = outerScope(scope)) {
      const candidates = this.#asked.get(keyOf(scope, agent)) ?? [];
      const giver = candidates.find((task) => task.output !== undefined && isSame(task.output, output));
      if (giver !== undefined) return giver;
      nearest ??= candidates.at(-1) ?? null;
      if (scope === "") return nearest;
    }
  }
}

function keyOf(scope: string, agent: string): string {
  return `${scope} ${agent}`;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b);
}

/** `companies[3]/` of `companies[3]/resolution`. */
export function scopeOf(task: string): string {
  return task.slice(0, task.lastIndexOf("/") + 1);
}

/** `companies[3]/` of `companies[3]/rounds[1]/`. */
function outerScope(scope: string): string {
  return scopeOf(scope.slice(0, -1));
}
