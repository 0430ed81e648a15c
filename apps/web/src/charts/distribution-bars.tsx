/** A distribution over ordered outcomes: as columns side by side, or as one strip where there is a line only. Both are read out as text. */
import "./distribution.css";
import { formatPercent } from "../design/format.ts";
import { plainText } from "../design/visible-text.ts";
import { outcomeColor } from "./outcome-look.ts";

interface DistributionProps {
  /** The lowest first. */
  readonly outcomes: readonly string[];
  readonly probabilities: readonly number[];
  /** Whose it is; read aloud. */
  readonly label: string;
}

interface DistributionBarsProps extends DistributionProps {
  /** What it is held against, such as how often each outcome follows: a line across each column. */
  readonly reference?: { readonly name: string; readonly probabilities: readonly number[] } | undefined;
  /** The probability of a full column; the same for all that stand side by side. */
  readonly max?: number;
  readonly heightPx?: number;
}

/** Above this many, columns are too narrow for a number each. */
const mostNumbered = 7;

export function DistributionBars({
  outcomes,
  probabilities,
  label,
  reference,
  max = 1,
  heightPx = 56,
}: DistributionBarsProps) {
  return (
    <div
      className="distribution"
      role="img"
      aria-label={`${label}: ${distributionText(outcomes, probabilities)}${
        reference === undefined
          ? ""
          : `; ${reference.name}: ${distributionText(outcomes, reference.probabilities)}`
      }`}
    >
      {outcomes.map((outcome, index) => {
        const probability = probabilities[index] ?? 0;
        const usual = reference?.probabilities[index];
        return (
          <div key={outcome} className="distribution-column" title={`${outcome}: ${String(probability)}`}>
            <span className="distribution-track" style={{ height: heightPx }}>
              <span
                className="distribution-bar"
                style={{
                  height: heightText(probability, max),
                  background: outcomeColor(index, outcomes.length),
                }}
              />
              {usual !== undefined && (
                <span className="distribution-usual" style={{ bottom: heightText(usual, max) }} />
              )}
            </span>
            {outcomes.length <= mostNumbered && (
              <>
                <span className="distribution-number">{formatPercent(probability, 0)}</span>
                <span className="distribution-name">{plainText(outcome, 12)}</span>
              </>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** One line: the outcomes from the lowest at the left, each as wide as it is probable. */
export function DistributionStrip({ outcomes, probabilities, label }: DistributionProps) {
  return (
    <span
      className="strip"
      role="img"
      aria-label={`${label}: ${distributionText(outcomes, probabilities)}`}
      title={distributionText(outcomes, probabilities)}
    >
      {outcomes.map((outcome, index) => (
        <span
          key={outcome}
          className="strip-part"
          style={{ flexGrow: probabilities[index] ?? 0, background: outcomeColor(index, outcomes.length) }}
        />
      ))}
    </span>
  );
}

/** "down 30.0%, flat 40.0%, up 30.0%". */
function distributionText(outcomes: readonly string[], probabilities: readonly number[]): string {
  return outcomes
    .map((outcome, index) => `${plainText(outcome, 40)} ${formatPercent(probabilities[index] ?? 0)}`)
    .join(", ");
}

function heightText(probability: number, max: number): string {
  return `${Math.min(100, (100 * probability) / max)}%`;
}
