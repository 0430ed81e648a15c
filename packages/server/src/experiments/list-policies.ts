/** The policies that an experiment may name: those that come with Mycroft, and the project's own. */
import { type Policy, policies } from "@mycroft/ensemble";
import type { Project } from "@mycroft/sdk";

export interface ListedPolicy extends Pick<Policy, "name" | "description" | "kind"> {
  readonly isOwn: boolean;
}

export function listPolicies({ policies: own }: Pick<Project, "policies">): readonly ListedPolicy[] {
  const listed = (isOwn: boolean) => (policy: Policy) => {
    const { name, description, kind } = policy;
    return { name, description, kind, isOwn };
  };
  return [...policies.map(listed(false)), ...own.map(listed(true))];
}
