/** How a schedule's wrong setting is told. */
import { MycroftError } from "@mycroft/errors";

const shownCharacters = 80;

export function scheduleInvalid(
  field: string,
  value: string,
  problem: string,
  cause?: unknown,
): MycroftError {
  const shown = value.length > shownCharacters ? `${value.slice(0, shownCharacters)}...` : value;
  return new MycroftError("SCHEDULE_INVALID", `${field} ${JSON.stringify(shown)} is wrong: ${problem}.`, {
    details: { field, value: shown },
    ...(cause === undefined ? {} : { cause }),
  });
}
