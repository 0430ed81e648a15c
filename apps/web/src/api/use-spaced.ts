/** Renewals that may be wanted at any time and many at once, spaced so that they cost little. */
import { useCallback, useEffect, useRef } from "react";

const spaceMs = 800;

/** Calls at once, then at most every so often; what is asked for in between is done once at the end. */
export function useSpaced(call: () => void): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const isWanted = useRef(false);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return useCallback(() => {
    if (timer.current !== null) {
      isWanted.current = true;
      return;
    }
    call();
    timer.current = setTimeout(() => {
      timer.current = null;
      if (isWanted.current) call();
      isWanted.current = false;
    }, spaceMs);
  }, [call]);
}
