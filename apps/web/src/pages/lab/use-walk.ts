/** Walks through a sequence of cases in the time between two frames, so that the page stays at hand while it is walked. */
import { useEffect, useMemo, useState } from "react";
import { useApi } from "../../api/use-api.ts";
import type { TimeSetup } from "./lab-state.ts";
import { makeWorld, worldOutcomes } from "./synthetic-world.ts";
import { Walk } from "./walk.ts";
import { sourceOfHistory, type WalkSource } from "./walk-case.ts";

export interface WalkProgress {
  /** Null while its cases are on their way. */
  readonly walk: Walk | null;
  /** How many steps have been walked; a new number is a reason to look again. */
  readonly steps: number;
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** Of each frame; the rest is the page's. */
const budgetMs = 8;

export function useWalk(time: TimeSetup): WalkProgress {
  const history = useApi(
    "listLabCases",
    {
      query:
        time.type === "history"
          ? { subject: time.subject, horizonDays: time.horizonDays, everyDays: time.everyDays }
          : { subject: "-" },
    },
    { enabled: time.type === "history", staleMs: Number.POSITIVE_INFINITY },
  );
  const world = time.type === "world" ? time.world : null;
  const answer = time.type === "history" ? history.data : undefined;
  const walk = useMemo(() => {
    const source = world === null ? answer && sourceOfHistory(answer) : sourceOfWorld(world);
    return source === undefined || source.cases.length === 0 ? null : new Walk(source);
  }, [world, answer]);
  const [progress, setProgress] = useState({ walk, steps: 0, error: null as unknown });

  useEffect(() => {
    if (walk === null) return;
    let frame = requestAnimationFrame(function go(begin) {
      try {
        while (!walk.isDone && performance.now() - begin < budgetMs) walk.advance();
      } catch (error) {
        setProgress({ walk, steps: walk.steps, error });
        return;
      }
      setProgress({ walk, steps: walk.steps, error: null });
      if (!walk.isDone) frame = requestAnimationFrame(go);
    });
    return () => cancelAnimationFrame(frame);
  }, [walk]);

  const isEmpty = answer !== undefined && walk === null;
  const nothing = isEmpty ? new Error("Nobody had an opinion on any day of this history.") : null;
  const isCurrent = progress.walk === walk;
  return {
    walk,
    steps: isCurrent ? progress.steps : 0,
    error:
      (time.type === "history" ? (history.error ?? nothing) : null) ?? (isCurrent ? progress.error : null),
    onRetry: () => void history.refetch(),
  };
}

function sourceOfWorld(world: Extract<TimeSetup, { readonly type: "world" }>["world"]): WalkSource {
  return { subject: "WORLD", outcomes: worldOutcomes, horizonDays: 7, cases: makeWorld(world) };
}
