/** What is walked through: a made-up world, by its seed and its agents, or the history of a company. */
import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Button, IconButton } from "../../design/button.tsx";
import { Select } from "../../design/field.tsx";
import { Tabs } from "../../design/tabs.tsx";
import { plainText } from "../../design/visible-text.ts";
import { NumberField } from "./agent-details.tsx";
import { type TimeSetup, usualWorld } from "./lab-state.ts";
import { type AgentKind, agentKinds, type WorldSetup, worldLimits } from "./synthetic-world.ts";

interface TimeSetupProps {
  readonly time: TimeSetup;
  readonly onChange: (time: TimeSetup) => void;
}

export function TimeSetupForm({ time, onChange }: TimeSetupProps) {
  const [world, setWorld] = useState(time.type === "world" ? time.world : usualWorld);
  const shownWorld = time.type === "world" ? time.world : world;
  const market = useApi("getMarket", {}, { staleMs: 5 * 60_000 });
  const symbols = market.data?.market?.symbols ?? [];
  return (
    <Tabs
      label="What is walked through"
      tabs={[
        { id: "world", label: "A made-up world" },
        { id: "history", label: "Real history" },
      ]}
      selected={time.type}
      onSelect={(type) => {
        if (type === time.type) return;
        if (time.type === "world") setWorld(time.world);
        const subject = symbols[0] ?? "AAPL";
        onChange(
          type === "world" ? { type, world: shownWorld } : { type, subject, horizonDays: 28, everyDays: 30 },
        );
      }}
    >
      {time.type === "world" ? (
        <WorldFields world={shownWorld} onChange={(changed) => onChange({ type: "world", world: changed })} />
      ) : (
        <HistoryFields time={time} symbols={symbols} onChange={onChange} />
      )}
    </Tabs>
  );
}

function WorldFields({
  world,
  onChange,
}: {
  readonly world: WorldSetup;
  readonly onChange: (world: WorldSetup) => void;
}) {
  const { agents, seed, rounds } = world;
  const { rounds: roundRange, agents: agentRange, seed: mostSeed } = worldLimits;
  return (
    <div className="stack">
      <div className="lab-fields">
        <NumberField
          label="Seed"
          hint="The same seed gives the same world"
          value={seed}
          isValid={(value) => Number.isInteger(value) && value >= 0 && value <= mostSeed}
          onChange={(value) => onChange({ ...world, seed: value ?? 0 })}
        />
        <NumberField
          label="Rounds"
          hint={`${roundRange.min} to ${roundRange.max}`}
          value={rounds}
          isValid={(value) => Number.isInteger(value) && value >= roundRange.min && value <= roundRange.max}
          onChange={(value) => onChange({ ...world, rounds: value ?? usualWorld.rounds })}
        />
        <Button
          size="small"
          icon="retry"
          onClick={() => onChange({ ...world, seed: Math.floor(Math.random() * 100_000) })}
        >
          Another seed
        </Button>
      </div>
      <ul className="lab-world">
        {agents.map(({ name, kind }, index) => (
          <li key={name}>
            <Select
              label={plainText(name, 40)}
              hint={agentKinds[kind]}
              value={kind}
              choices={kinds.map((value) => ({ value, label: value }))}
              onChange={(chosen) =>
                onChange({ ...world, agents: agents.with(index, { name, kind: chosen }) })
              }
            />
            <IconButton
              icon="close"
              label={`Remove ${plainText(name, 40)}`}
              disabled={agents.length <= agentRange.min}
              onClick={() => onChange({ ...world, agents: agents.toSpliced(index, 1) })}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button
          size="small"
          icon="plus"
          disabled={agents.length >= agentRange.max}
          onClick={() =>
            onChange({ ...world, agents: [...agents, { name: freeName(agents), kind: "good" }] })
          }
        >
          Add an agent
        </Button>
      </div>
    </div>
  );
}

const kinds = Object.keys(agentKinds) as readonly AgentKind[];

function freeName(agents: WorldSetup["agents"]): string {
  const names = new Set(agents.map(({ name }) => name));
  let number = 2;
  while (names.has(`good-${number}`)) number += 1;
  return `good-${number}`;
}

function HistoryFields({
  time,
  symbols,
  onChange,
}: {
  readonly time: Extract<TimeSetup, { readonly type: "history" }>;
  readonly symbols: readonly string[];
  readonly onChange: (time: TimeSetup) => void;
}) {
  const choices = symbols.includes(time.subject) ? symbols : [time.subject, ...symbols];
  return (
    <div className="lab-fields">
      <Select
        label="Company"
        value={time.subject}
        choices={choices.map((symbol) => ({ value: symbol, label: plainText(symbol, 32) }))}
        onChange={(subject) => onChange({ ...time, subject })}
      />
      <NumberField
        label="Horizon in days"
        value={time.horizonDays}
        isValid={(value) => Number.isInteger(value) && value >= 1 && value <= 3_660}
        onChange={(value) => onChange({ ...time, horizonDays: value ?? 28 })}
      />
      <NumberField
        label="A case every so many days"
        value={time.everyDays}
        isValid={(value) => Number.isInteger(value) && value >= 1 && value <= 366}
        onChange={(value) => onChange({ ...time, everyDays: value ?? 28 })}
      />
    </div>
  );
}
