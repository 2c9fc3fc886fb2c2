import { useCallback, useState } from "react";
import type { Failure } from "../../contract/gen";
import { asFailure } from "../../platform";

/** What a person asked for themselves is no error. */
const CANCELLED = "sign.cancelled";

/** One piece of work at a time, and what came of it where it failed. */
export function useAttempt() {
  const [running, setRunning] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const attempt = useCallback(async <T>(work: Promise<T>, done: (result: T) => void) => {
    setRunning(true);
    setFailure(null);
    try {
      done(await work);
    } catch (thrown) {
      const failed = asFailure(thrown);
      if (failed.code !== CANCELLED) setFailure(failed);
    } finally {
      setRunning(false);
    }
  }, []);
  return { running, failure, attempt, dismiss: useCallback(() => setFailure(null), []) };
}
