/** Towards which outcomes something leans: the word with its arrow. */
import { type SideName, sideLook, sideWord } from "../charts/outcome-look.ts";
import { Badge } from "./badge.tsx";
import { Name } from "./name.tsx";

interface SideBadgeProps {
  /** Null: there is no view. */
  readonly side: SideName | null;
  readonly outcomes: readonly string[];
}

export function SideBadge({ side, outcomes }: SideBadgeProps) {
  if (side === null) return <Badge icon="ban">no view</Badge>;
  const { icon, tone } = sideLook(side);
  return (
    <Badge tone={tone} icon={icon}>
      <Name name={sideWord(side, outcomes)} maxLength={40} />
    </Badge>
  );
}
