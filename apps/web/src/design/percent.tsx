/** Numbers on a page, each with all its digits as its title. */
import { formatExact, formatNumber, formatPercent, formatSigned, formatSignedPercent } from "./format.ts";

interface NumberProps {
  readonly value: number | null | undefined;
  readonly digits?: number;
  /** With a plus where it is positive. */
  readonly isSigned?: boolean;
}

/** A share of one, as per cent. */
export function Percent({ value, digits = 1, isSigned = false }: NumberProps) {
  const text = isSigned ? formatSignedPercent(value, digits) : formatPercent(value, digits);
  return <span title={titleOf(value)}>{text}</span>;
}

export function Decimal({ value, digits = 2, isSigned = false }: NumberProps) {
  const text = isSigned ? formatSigned(value, digits) : formatNumber(value, digits);
  return <span title={titleOf(value)}>{text}</span>;
}

function titleOf(value: number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : formatExact(value);
}
