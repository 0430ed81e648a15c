/** One agent's probabilities as bars that are dragged, or moved by the arrow keys; the others give way. */
import { memo, useRef } from "react";
import { outcomeColor } from "../../charts/outcome-look.ts";
import { formatPercent } from "../../design/format.ts";
import { plainText } from "../../design/visible-text.ts";

interface ProbabilitySlidersProps {
  readonly agent: string;
  readonly outcomes: readonly string[];
  readonly probabilities: readonly number[];
  /** @param base what the move began with. */
  readonly onMove: (agent: string, base: readonly number[], outcome: number, to: number) => void;
}

export const ProbabilitySliders = memo(function ProbabilitySliders({
  agent,
  outcomes,
  probabilities,
  onMove,
}: ProbabilitySlidersProps) {
  // While a pointer is down, all moves start from where it went down: nothing is lost on the way there and back.
  const base = useRef<readonly number[] | null>(null);
  return (
    <div className="lab-sliders">
      {outcomes.map((outcome, index) => {
        const probability = probabilities[index] ?? 0;
        return (
          <label key={outcome} className="lab-slider">
            <span className="lab-slider-name">{plainText(outcome, 16)}</span>
            <input
              type="range"
              min={0}
              max={1}
              step={0.01}
              value={probability}
              aria-label={`${plainText(agent, 60)}: ${plainText(outcome, 40)}`}
              aria-valuetext={formatPercent(probability)}
              style={{
                ["--share" as string]: probability,
                ["--color" as string]: outcomeColor(index, outcomes.length),
              }}
              onPointerDown={() => {
                base.current = probabilities;
              }}
              onPointerUp={() => {
                base.current = null;
              }}
              onPointerCancel={() => {
                base.current = null;
              }}
              onChange={(event) =>
                onMove(agent, base.current ?? probabilities, index, event.target.valueAsNumber)
              }
            />
            <output className="lab-slider-value">{formatPercent(probability)}</output>
          </label>
        );
      })}
    </div>
  );
});
