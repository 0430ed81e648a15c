/** A machine whose clock is off: all that a process asks for the time, its libraries too, gets another one. */

/** From now on, in this process. */
export function shiftDate(byMs: number): void {
  const Machine = Date;
  class ShiftedDate extends Machine {
    constructor(...given: readonly unknown[]) {
      if (given.length === 0) super(Machine.now() + byMs);
      else super(...(given as [number]));
    }

    static override now(): number {
      return Machine.now() + byMs;
    }
  }
  globalThis.Date = ShiftedDate as DateConstructor;
}
