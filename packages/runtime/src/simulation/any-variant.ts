/** Ways to break either kind of host on purpose. */
import type { ClusterVariant } from "./cluster/cluster-variant.ts";
import type { Variant } from "./variant.ts";

export type AnyVariant = Variant | ClusterVariant;

export function isPortsVariant(variant: AnyVariant | undefined): variant is Variant {
  return typeof variant === "function";
}
