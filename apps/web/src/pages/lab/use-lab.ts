/** The Lab at work: its state, where that comes from and where it is kept, and what follows from it. */
import { defaultPolicyName } from "@mycroft/ensemble";
import { useCallback, useEffect, useMemo, useState } from "react";
import { forgetState, keepState, recallState } from "./kept-state.ts";
import type { LabCase } from "./lab-case.ts";
import { initialState, type LabState, type TimeSetup } from "./lab-state.ts";
import { type PolicyResult, resolveAll } from "./resolve-all.ts";
import { useFrameValue } from "./use-frame-value.ts";
import { useWalk, type WalkProgress } from "./use-walk.ts";
import { caseOfWalk } from "./walk-case.ts";

export interface Lab {
  readonly state: LabState;
  readonly results: readonly PolicyResult[];
  readonly progress: WalkProgress;
  /** Where the walk stands, from 0. */
  readonly step: number;
  /** The policy that is shown in full. */
  readonly chosen: string;
  readonly choose: (policy: string) => void;
  readonly changeCase: (change: (given: LabCase) => LabCase) => void;
  readonly setTime: (time: TimeSetup) => void;
  readonly goTo: (step: number) => void;
  /** Goes to a step and shows its case. */
  readonly openStep: (step: number) => void;
  readonly follow: (follows: boolean) => void;
  readonly show: (state: LabState) => void;
  readonly reset: () => void;
}

/** @param origin the part of the address that says what a visit began from; empty without. */
export function useLab(origin: string): Lab {
  const [state, setState] = useState<LabState>(() => recallState(origin) ?? initialState());
  const [choice, choose] = useState<string | null>(null);
  const progress = useWalk(state.time);
  const { walk, steps } = progress;

  useEffect(() => {
    const timer = setTimeout(() => keepState(state, origin), 300);
    return () => clearTimeout(timer);
  }, [state, origin]);

  const step = state.step ?? Math.floor((walk?.source.cases.length ?? 0) / 2);
  const { taughtAt } = state;
  const isWalked = taughtAt !== null && steps > taughtAt;
  const taught = useMemo(
    () => (walk === null || taughtAt === null || !isWalked ? null : walk.taughtAt(taughtAt)),
    [walk, taughtAt, isWalked],
  );
  const asked = useFrameValue(useMemo(() => ({ given: state.case, taught }), [state.case, taught]));
  // What followed changes no policy's answer: it is not computed anew for that.
  const { request, policy } = asked.given;
  const results = useMemo(
    () => resolveAll({ request, policy, outcome: null, aside: [] }, asked.taught),
    [request, policy, asked.taught],
  );

  const changeCase = useCallback(
    (change: (given: LabCase) => LabCase) => setState((before) => ({ ...before, case: change(before.case) })),
    [],
  );
  const showStep = (before: LabState, to: number): LabState => {
    const walked = walk?.source.cases[to];
    if (walk === null || walked === undefined) return { ...before, step: to };
    const records = walk.taughtAt(to).get(defaultPolicyName)?.agents ?? [];
    return { ...before, step: to, taughtAt: to, case: caseOfWalk(walk.source, walked, records) };
  };
  return {
    state,
    results,
    progress,
    step,
    chosen: choice ?? state.case.policy ?? defaultPolicyName,
    choose,
    changeCase,
    setTime: (time) => setState((before) => ({ ...before, time, step: null, taughtAt: null })),
    goTo: (to) => {
      if (to < steps)
        setState((before) => (before.taughtAt === null ? { ...before, step: to } : showStep(before, to)));
    },
    openStep: (to) => setState((before) => showStep(before, to)),
    follow: (follows) =>
      setState((before) =>
        follows
          ? showStep(before, Math.min(step, Math.max(0, steps - 1)))
          : { ...before, case: initialState().case, taughtAt: null },
      ),
    show: (shown) => {
      setState(shown);
      choose(null);
    },
    reset: () => {
      forgetState();
      setState(initialState());
      choose(null);
    },
  };
}
