/**
 * A time zone as stretches of time: those in which its clocks run on, so many milliseconds ahead of UTC, and those after a
 * change of its clocks, in which times of day come for the second time, or have just been left out.
 */
import { scheduleInvalid } from "./schedule-invalid.ts";

export interface Stretch {
  /** Included. */
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** How far the zone is ahead of UTC; null after a change of its clocks. */
  readonly offset: number | null;
}

/** Names alone: a fixed offset such as `+01:00` is hardly what anybody means by a zone. */
const zoneForm = /^[A-Za-z][A-Za-z0-9_+/-]{0,99}$/;

export class ZoneStretches {
  readonly #timeZone: string;
  #latest: Stretch = { from: 0, to: 0, offset: null };

  /** @throws {MycroftError} SCHEDULE_INVALID. */
  constructor(timeZone: string) {
    if (!isTimeZone(timeZone)) {
      throw scheduleInvalid(
        "timeZone",
        timeZone,
        'there is no such time zone; an example is "America/New_York"',
      );
    }
    this.#timeZone = timeZone;
  }

  /** The stretch that a moment is in. */
  around(at: number): Stretch {
    if (at < this.#latest.from || at >= this.#latest.to) this.#latest = this.#find(at);
    return this.#latest;
  }

  dateAt(at: number): string {
    const { offset } = this.around(at);
    const wall = offset === null ? at + offsetOf(this.#zoned(at)) : at + offset;
    return new Date(wall).toISOString().slice(0, 10);
  }

  #find(at: number): Stretch {
    // A change at this very moment has happened.
    const before = this.#changeFrom(at + 1, "previous");
    if (before !== null && at < before.to) return before;
    const after = this.#changeFrom(at, "next");
    return {
      from: before?.to ?? Number.NEGATIVE_INFINITY,
      to: after?.from ?? Number.POSITIVE_INFINITY,
      offset: offsetOf(this.#zoned(at)),
    };
  }

  /** What follows the next or previous change: until then, times of day that were missing or are doubled may fire. */
  #changeFrom(at: number, direction: "next" | "previous"): Stretch | null {
    const change = this.#zoned(at).getTimeZoneTransition(direction);
    if (change === null) return null;
    const changeAt = change.epochMilliseconds;
    const shift = Math.abs(offsetOf(change) - offsetOf(this.#zoned(changeAt - 1)));
    return { from: changeAt, to: changeAt + shift, offset: null };
  }

  #zoned(at: number): Temporal.ZonedDateTime {
    return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(this.#timeZone);
  }
}

function offsetOf(zoned: Temporal.ZonedDateTime): number {
  return zoned.offsetNanoseconds / 1_000_000;
}

function isTimeZone(timeZone: string): boolean {
  if (!zoneForm.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone });
    return true;
  } catch {
    return false;
  }
}
