/** Who is signed in, and what they may do. Buttons of what they may not do are not shown; the server refuses it in any case. */
import type { Role, SessionView } from "@mycroft/protocol";
import { useApi } from "./use-api.ts";

const byPower: readonly Role[] = ["nobody", "viewer", "operator", "admin"];

export function useSession(): SessionView | null {
  return useApi("getSession", {}, { staleMs: 5 * 60_000 }).data ?? null;
}

/** Whether the person may do what needs `role`; false until it is known. */
export function useMay(role: Role): boolean {
  const session = useSession();
  if (session === null) return false;
  return byPower.indexOf(session.role ?? "nobody") >= byPower.indexOf(role);
}
