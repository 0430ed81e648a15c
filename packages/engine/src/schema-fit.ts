/**
 * Whether every value of one JSON Schema fits another. It reports what it can prove to be wrong, and lets the rest
 * through: values are checked again at run time.
 */
import { canonicalJson } from "./canonical-json.ts";
import { alternativesOf, partsOf, type SchemaShape, shapeOf, typesTaken } from "./schema-shape.ts";
import type { JsonSchema, JsonValue, Path, PathSegment } from "./workflow-definition.ts";

/** What does not fit, and where in the value; an item or property that stands for all is named `*`. */
export interface Misfit {
  readonly path: Path;
  readonly message: string;
}

/** Alternatives within alternatives multiply; when this many comparisons have shown nothing, nothing is proved. */
const maxComparisons = 100_000;

/** The first misfit of values of `from` with `to`, or null when none can be proved. */
export function findMisfit(from: JsonSchema, to: JsonSchema): Misfit | null {
  return new Comparison().find(from, to, []);
}

class Comparison {
  #left = maxComparisons;

  find(from: JsonSchema, to: JsonSchema, path: Path): Misfit | null {
    this.#left -= 1;
    if (this.#left < 0) return null;
    const sources = alternativesOf(from);
    if (sources !== null) return firstOf(sources, (source) => this.find(source, to, path));
    const targets = alternativesOf(to);
    if (targets !== null) return firstOf(partsOf(from), (part) => this.#findWithAny(part, targets, path));
    const given = shapeOf(from);
    const taken = shapeOf(to);
    return (
      findTypeMisfit(given, typesTaken(to), path) ??
      findValueMisfit(given, taken, path) ??
      findRangeMisfit(given, to, path) ??
      this.#findInObject(given, taken, path) ??
      this.#findInList(given, taken, path)
    );
  }

  #findWithAny(from: JsonSchema, targets: readonly JsonSchema[], path: Path): Misfit | null {
    let nearest: Misfit | null = null;
    for (const target of targets) {
      const misfit = this.find(from, target, path);
      if (misfit === null) return null;
      // The alternative that came furthest says best what is wrong.
      if (nearest === null || misfit.path.length > nearest.path.length) nearest = misfit;
    }
    return nearest;
  }

  #findInObject(given: SchemaShape, taken: SchemaShape, path: Path): Misfit | null {
    if (!mayBe("object", given) || !mayBe("object", taken)) return null;
    for (const name of taken.required) {
      const isNamed = Object.hasOwn(given.properties, name);
      if (!isNamed && given.otherProperties === null) return at(path, name, "is missing");
      if (isNamed && !given.required.includes(name)) return at(path, name, "may be missing and is required");
    }
    for (const [name, schema] of Object.entries(given.properties)) {
      const named = Object.hasOwn(taken.properties, name) ? taken.properties[name] : undefined;
      const target = named ?? taken.otherProperties;
      const misfit = target === null ? null : this.find(schema, target, [...path, name]);
      if (misfit !== null) return misfit;
      if (target === null && given.required.includes(name)) return at(path, name, "is given and not taken");
    }
    return this.#findInOthers(given.otherProperties, taken.otherProperties, path);
  }

  #findInList(given: SchemaShape, taken: SchemaShape, path: Path): Misfit | null {
    if (!mayBe("array", given) || !mayBe("array", taken)) return null;
    if (given.mostItems < taken.leastItems) {
      return {
        path,
        message: `gives a list of at most ${given.mostItems} where one of at least ${taken.leastItems} is taken`,
      };
    }
    if (given.leastItems > taken.mostItems) {
      return {
        path,
        message: `gives a list of at least ${given.leastItems} where one of at most ${taken.mostItems} is taken`,
      };
    }
    const first = Math.max(given.firstItems.length, taken.firstItems.length);
    for (let index = 0; index < first; index += 1) {
      const source = given.firstItems[index] ?? given.otherItems;
      const target = taken.firstItems[index] ?? taken.otherItems;
      const misfit = source === null || target === null ? null : this.find(source, target, [...path, index]);
      if (misfit !== null) return misfit;
    }
    return this.#findInOthers(given.otherItems, taken.otherItems, path);
  }

  #findInOthers(given: JsonSchema | null, taken: JsonSchema | null, path: Path): Misfit | null {
    return given === null || taken === null ? null : this.find(given, taken, [...path, "*"]);
  }
}

function findTypeMisfit(given: SchemaShape, taken: readonly string[] | null, path: Path): Misfit | null {
  if (given.types === null || taken === null) return null;
  const fits = (type: string) => taken.includes(type) || (type === "integer" && taken.includes("number"));
  if (given.types.every(fits)) return null;
  return { path, message: `gives ${given.types.join(" or ")} where ${taken.join(" or ")} is taken` };
}

function findValueMisfit(given: SchemaShape, taken: SchemaShape, path: Path): Misfit | null {
  if (given.values === null || taken.values === null) return null;
  const allowed = new Set(taken.values.map(canonicalJson));
  const wrong = given.values.find((value) => !allowed.has(canonicalJson(value)));
  if (wrong === undefined) return null;
  return { path, message: `gives ${show([wrong])} where ${show(taken.values)} is taken` };
}

function findRangeMisfit(given: SchemaShape, to: JsonSchema, path: Path): Misfit | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = to;
  for (const value of given.values ?? []) {
    if (typeof value !== "number") continue;
    if (typeof minimum === "number" && value < minimum)
      return { path, message: `gives ${value}, less than ${minimum}` };
    if (typeof maximum === "number" && value > maximum)
      return { path, message: `gives ${value}, more than ${maximum}` };
    if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum)
      return { path, message: `gives ${value}, not more than ${exclusiveMinimum}` };
    if (typeof exclusiveMaximum === "number" && value >= exclusiveMaximum)
      return { path, message: `gives ${value}, not less than ${exclusiveMaximum}` };
  }
  return null;
}

function firstOf<T>(items: readonly T[], find: (item: T) => Misfit | null): Misfit | null {
  for (const item of items) {
    const misfit = find(item);
    if (misfit !== null) return misfit;
  }
  return null;
}

function mayBe(type: string, shape: SchemaShape): boolean {
  return shape.types?.includes(type) ?? false;
}

function at(path: Path, segment: PathSegment, message: string): Misfit {
  return { path: [...path, segment], message };
}

/** Some of the values, as a message can show them. */
function show(values: readonly JsonValue[]): string {
  const texts = values.slice(0, 10).map((value) => {
    const text = JSON.stringify(value);
    return text.length > 60 ? `${text.slice(0, 60)}...` : text;
  });
  return texts.length < values.length ? `${texts.join(" or ")} or ...` : texts.join(" or ");
}
