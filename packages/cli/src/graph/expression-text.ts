/** Expressions and conditions of a plan as people read them. */
import type { Condition, Expression } from "@mycroft/engine";
import { jsonBrief } from "../text/json-lines.ts";

const constantLength = 40;
const operators = { eq: "=", ne: "is not", lt: "<", le: "<=", gt: ">", ge: ">=" } as const;

/** `input.asOf`, `item`, `opinions.trend`, `"fast"`, `{ decisions, asOf }`. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case "const":
      return jsonBrief(expression.value, constantLength);
    case "input":
      return `input${pathText(expression.path)}`;
    case "item":
      return `item of ${expression.of}${pathText(expression.path)}`;
    case "index":
      return `index of ${expression.of}`;
    case "step":
      return `${expression.step}${pathText(expression.path)}`;
    case "settled":
      return `how ${expression.step} settled`;
    case "object":
      return `{ ${Object.keys(expression.fields)
        .map((name) => jsonName(name))
        .join(", ")} }`;
    case "array":
      return `[${expression.items.map(expressionText).join(", ")}]`;
  }
}

export function conditionText(condition: Condition): string {
  switch (condition.op) {
    case "exists":
      return `${expressionText(condition.value)} exists`;
    case "in":
      return `${expressionText(condition.left)} is in ${expressionText(condition.right)}`;
    case "and":
    case "or":
      return condition.all.map(partText).join(` ${condition.op} `);
    case "not":
      return `not ${partText(condition.condition)}`;
    default:
      return `${expressionText(condition.left)} ${operators[condition.op]} ${expressionText(condition.right)}`;
  }
}

function partText(condition: Condition): string {
  const isCompound = condition.op === "and" || condition.op === "or";
  return isCompound ? `(${conditionText(condition)})` : conditionText(condition);
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((part) => (typeof part === "number" ? `[${part}]` : `.${jsonName(part)}`)).join("");
}

/** A property's name; one that is no plain word is quoted. */
function jsonName(name: string): string {
  return /^[\p{L}\p{N}_$-]+$/u.test(name) ? name : jsonBrief(name, constantLength);
}
