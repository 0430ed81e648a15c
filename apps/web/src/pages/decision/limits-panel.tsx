/** What was done to the view after it was resolved: guardrails, risk limits, and the position that came of it. */
import type { FiredGuardrail } from "@mycroft/ensemble";
import type { DecisionDetail } from "@mycroft/protocol";
import { FromLink } from "../../app/from-link.tsx";
import { Badge } from "../../design/badge.tsx";
import { formatNumber, formatPercent, formatSigned } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import type { PartProps } from "./part-props.ts";

export function LimitsPanel({ detail, resolution }: PartProps) {
  const { rulings, statedTilt, summary, position } = detail;
  const { runId, task, tilt } = summary;
  const { guardrails, action } = resolution;
  return (
    <Panel title="Guardrails, risk limits, position">
      <ol className="limit-steps">
        {guardrails !== undefined && (
          <li>
            <h3 className="part-title">
              Guardrails <FromLink runId={runId} task={task} what="the guardrails" />
            </h3>
            {guardrails.length === 0 && <p className="quiet">None of them fired.</p>}
            {guardrails.map((fired, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: What fired never changes places.
              <p key={index} className="row">
                <Badge tone={fired.action === "accept" ? "neutral" : "warn"}>{fired.type}</Badge>
                <SafeText text={guardrailText(fired)} />
              </p>
            ))}
            {action !== undefined && action !== "accept" && <p>The workflow is to do this: {action}.</p>}
          </li>
        )}
        <li>
          <h3 className="part-title">
            Risk limits <FromLink runId={runId} task={detail.decisionTask} what="the risk limits" />
          </h3>
          {statedTilt === null && <p className="quiet">This workflow has none.</p>}
          {statedTilt !== null && rulings.length === 0 && (
            <p>None was reached: the tilt of {formatSigned(statedTilt)} stands.</p>
          )}
          {rulings.map((ruling) => (
            <Ruling key={ruling.rule} ruling={ruling} />
          ))}
          {statedTilt !== null && rulings.length > 0 && (
            <p>
              From a tilt of {formatSigned(statedTilt)} to {formatSigned(tilt)}.
            </p>
          )}
        </li>
        <li>
          <h3 className="part-title">
            Position <FromLink runId={runId} task={detail.portfolioTask} what="the position" />
          </h3>
          {position === null ? (
            <p className="quiet">This workflow builds no portfolio.</p>
          ) : (
            <Position position={position} />
          )}
        </li>
      </ol>
    </Panel>
  );
}

function Ruling({ ruling }: { readonly ruling: DecisionDetail["rulings"][number] }) {
  const { rule, action, from, to, value, limit, reason } = ruling;
  return (
    <p className="row">
      <Badge tone={action === "veto" ? "bad" : "warn"} icon={action === "veto" ? "ban" : "minus"}>
        {action}
      </Badge>
      <strong>{rule}</strong>
      <span>
        {formatSigned(from)} to {formatSigned(to)}; {value === null ? "unknown" : amountText(value)} against a
        limit of {amountText(limit)}
      </span>
      <SafeText text={reason} />
    </p>
  );
}

function Position({ position }: { readonly position: NonNullable<DecisionDetail["position"]> }) {
  const { weight, tilt, annualVolatility, adjustments } = position;
  const risk =
    annualVolatility === null
      ? "an unknown volatility"
      : `a volatility of ${formatPercent(annualVolatility)} a year`;
  return (
    <>
      <p>
        {formatPercent(weight)} of the capital, from a tilt of {formatSigned(tilt)} and {risk}.
      </p>
      {adjustments.map(({ rule, from, to }) => (
        <p key={rule} className="row">
          <Badge icon="minus">{rule}</Badge>
          <span>
            {formatPercent(from)} to {formatPercent(to)}
          </span>
        </p>
      ))}
    </>
  );
}

function amountText(amount: number | string): string {
  return typeof amount === "number" ? formatNumber(amount, 3) : amount;
}

function guardrailText(fired: FiredGuardrail): string {
  switch (fired.type) {
    case "veto":
      return `${fired.vetoedBy.map(({ agent, probability }) => `${agent} gives ${formatPercent(probability)}`).join(", ")} to the ${fired.side} outcomes, at least ${formatPercent(fired.atLeast)}: ${fired.action}.`;
    case "conflict":
      return `The ${fired.measure} of ${formatNumber(fired.value, 3)} is above ${formatNumber(fired.above, 3)}: ${fired.action}.`;
    case "shrink":
      return `The ${fired.measure} of ${formatNumber(fired.value, 3)} is above ${formatNumber(fired.above, 3)}: the view moves ${formatPercent(fired.share)} of the way to the prior.`;
    case "clamp":
      return `${fired.outcomes.join(", ")} lay outside ${formatPercent(fired.floor)} to ${formatPercent(fired.ceiling)}.`;
  }
}
