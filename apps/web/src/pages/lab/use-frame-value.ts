/** The newest of values that change many times in a frame, taken once for each frame: what is dear is computed from it. */
import { useEffect, useState } from "react";

export function useFrameValue<Value>(value: Value): Value {
  const [shown, setShown] = useState(value);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setShown(value));
    return () => cancelAnimationFrame(frame);
  }, [value]);
  return shown;
}
