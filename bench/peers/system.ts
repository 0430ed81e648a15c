/** What a system under measurement is asked to do: the same shapes of run for each, and nothing else. */

/** `chain`: ten steps, one after the other. `fan`: one step, then eight beside each other, then one. */
export type Shape = "chain" | "fan";

export const stepsPerRun = 10;

export const middleSteps: readonly number[] = Array.from({ length: stepsPerRun - 2 }, (_, index) => index);

export interface System {
  /** Starts one run and resolves when its result is known. */
  run(shape: Shape): Promise<void>;
  close(): Promise<void>;
}

export interface SystemOptions {
  /** Which of a library's rows is meant: see `roster.ts`. */
  readonly setting: string;
  /** A folder of its own for what it keeps; empty at first, deleted afterwards. */
  readonly folder: string;
  /** The ports of its private server on 127.0.0.1, by what they are for; none when it has no server. */
  readonly ports: Readonly<Record<string, number>>;
  /** To be called once by each step: all that a step does. */
  readonly step: () => void;
}

/** What each module of the roster exports as `open`. */
export type OpenSystem = (options: SystemOptions) => Promise<System>;
