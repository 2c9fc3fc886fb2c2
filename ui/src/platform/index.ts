import { createContext, useContext } from "react";
import type { Host } from "./host";

const HostContext = createContext<Host | null>(null);

export const HostProvider = HostContext.Provider;

/** The host that carries the interface. */
export function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error("no host");
  return host;
}

export { asFailure, failure, type Host } from "./host";
