/** An agent's name that leads to its page. */
import { Link } from "react-router";
import { Name } from "../design/name.tsx";
import { agentPath } from "./paths.ts";

export function AgentLink({ agent }: { readonly agent: string }) {
  return (
    <Link to={agentPath(agent)}>
      <Name name={agent} />
    </Link>
  );
}
