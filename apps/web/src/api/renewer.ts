/**
 * Asks anew for answers that are no longer true: soon after the first sign, at most once a second while signs keep coming, and
 * never before the answer that is on its way has come; that one may be from before.
 */
import type { QueryClient, QueryKey } from "@tanstack/react-query";

const soonMs = 120;
const pauseMs = 1_000;

export interface Renewer {
  readonly add: (keys: readonly QueryKey[]) => void;
  readonly close: () => void;
}

export function createRenewer(client: Pick<QueryClient, "isFetching" | "invalidateQueries">): Renewer {
  const stale = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isPausing = false;

  const flush = (): void => {
    timer = null;
    for (const [text, key] of stale) {
      if (client.isFetching({ queryKey: key }) > 0) continue;
      stale.delete(text);
      void client.invalidateQueries({ queryKey: key });
    }
    isPausing = true;
    timer = setTimeout(endPause, pauseMs);
  };
  const endPause = (): void => {
    timer = null;
    isPausing = false;
    if (stale.size > 0) flush();
  };
  return {
    add: (keys) => {
      for (const key of keys) stale.set(JSON.stringify(key), key);
      if (stale.size > 0 && !isPausing) timer ??= setTimeout(flush, soonMs);
    },
    close: () => {
      if (timer !== null) clearTimeout(timer);
      stale.clear();
    },
  };
}
