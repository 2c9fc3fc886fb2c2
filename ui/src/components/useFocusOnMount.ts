import { type RefObject, useEffect, useRef } from "react";

/** Moves the focus to a new panel's heading, so that keyboard and screen reader go on where the eye does. */
export function useFocusOnMount<Target extends HTMLElement>(isWanted = true): RefObject<Target | null> {
  const target = useRef<Target>(null);
  useEffect(() => {
    if (isWanted) target.current?.focus();
  }, [isWanted]);
  return target;
}
