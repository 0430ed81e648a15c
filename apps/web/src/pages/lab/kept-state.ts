/** The Lab's state over a reload: kept in this browser, together with the address that it began from. */
import { type LabState, readLabState } from "./lab-state.ts";

const storageKey = "mycroft.lab";
const maxLength = 500_000;

export function keepState(state: LabState, origin: string): void {
  try {
    const text = JSON.stringify({ origin, state });
    if (text.length <= maxLength) localStorage.setItem(storageKey, text);
  } catch {
    // Storage may be forbidden or full: then the state lasts as long as the page.
  }
}

/** Null when nothing was kept, or what was kept began from another address. */
export function recallState(origin: string): LabState | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "null");
    if (typeof kept !== "object" || kept === null || !("origin" in kept) || !("state" in kept)) return null;
    return kept.origin === origin ? readLabState(kept.state) : null;
  } catch {
    return null;
  }
}

export function forgetState(): void {
  try {
    localStorage.removeItem(storageKey);
  } catch {
    // See above.
  }
}
