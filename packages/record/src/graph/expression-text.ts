/** Expressions and conditions of a plan as people read them. */
import { allSteps, type Condition, type Expression, type Plan } from "@mycroft/engine";
import { jsonBrief } from "../text/json-lines.ts";

const constantLength = 40;
const operators = { eq: "=", ne: "is not", lt: "<", le: "<=", gt: ">", ge: ">=" } as const;

export class ExpressionText {
  /** The steps whose bodies work on rounds; those of the others work on items. */
  readonly #repeats: ReadonlySet<string>;

  constructor({ workflow }: Plan) {
    const repeats = [...allSteps(workflow.steps)].filter((step) => step.kind === "repeat");
    this.#repeats = new Set(repeats.map((step) => step.name));
  }

  /** `input.asOf`, `item of companies`, `opinions.trend`, `"fast"`, `{ decisions, asOf }`. */
  of(expression: Expression): string {
    switch (expression.kind) {
      case "const":
        return jsonBrief(expression.value, constantLength);
      case "input":
        return `input${pathText(expression.path)}`;
      case "item": {
        const what = this.#repeats.has(expression.of) ? "previous" : "item";
        return `${what} of ${expression.of}${pathText(expression.path)}`;
      }
      case "index":
        return `${this.#repeats.has(expression.of) ? "round" : "index"} of ${expression.of}`;
      case "step":
        return `${expression.step}${pathText(expression.path)}`;
      case "settled": {
        const { step, path = [] } = expression;
        return path.length === 0 ? `how ${step} settled` : `settled(${step})${pathText(path)}`;
      }
      case "object":
        return `{ ${Object.keys(expression.fields)
          .map((name) => jsonName(name))
          .join(", ")} }`;
      case "array":
        return `[${expression.items.map((item) => this.of(item)).join(", ")}]`;
    }
  }

  ofCondition(condition: Condition): string {
    switch (condition.op) {
      case "exists":
        return `${this.of(condition.value)} exists`;
      case "in":
        return `${this.of(condition.left)} is in ${this.of(condition.right)}`;
      case "and":
      case "or":
        return condition.all.map((part) => this.#ofPart(part)).join(` ${condition.op} `);
      case "not":
        return `not ${this.#ofPart(condition.condition)}`;
      default:
        return `${this.of(condition.left)} ${operators[condition.op]} ${this.of(condition.right)}`;
    }
  }

  #ofPart(condition: Condition): string {
    const isCompound = condition.op === "and" || condition.op === "or";
    return isCompound ? `(${this.ofCondition(condition)})` : this.ofCondition(condition);
  }
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((part) => (typeof part === "number" ? `[${part}]` : `.${jsonName(part)}`)).join("");
}

/** A property's name; one that is no plain word is quoted. */
function jsonName(name: string): string {
  return /^[\p{L}\p{N}_$-]+$/u.test(name) ? name : jsonBrief(name, constantLength);
}
