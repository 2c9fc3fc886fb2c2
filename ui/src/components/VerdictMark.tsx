import type { FileVerdict } from "../contract/gen";
import styles from "./VerdictMark.module.css";

type Pending = "pending";

const CLASS: Record<FileVerdict | Pending, string | undefined> = {
  valid: styles.valid,
  indeterminate: styles.indeterminate,
  invalid: styles.invalid,
  unreadable: styles.invalid,
  unsigned: styles.neutral,
  pending: styles.neutral,
};

/** The shape of a verdict: circle with tick, triangle, octagon. Always beside its word, so it is hidden from readers. */
export function VerdictMark({ verdict, size = 20 }: { verdict: FileVerdict | Pending; size?: 16 | 20 | 28 }) {
  return (
    <svg className={CLASS[verdict]} width={size} height={size} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
      {verdict === "valid" && (
        <>
          <circle cx="14" cy="14" r="13" fill="currentColor" />
          <path d="m7.500 14.500 4.500 4.500 8.500-10" className={styles.cut} />
        </>
      )}
      {verdict === "indeterminate" && (
        <>
          <path d="M14 2 27 25H1Z" fill="currentColor" />
          <path d="M14 10v7M14 21v.500" className={styles.cut} />
        </>
      )}
      {(verdict === "invalid" || verdict === "unreadable") && (
        <>
          <path d="M8.600 1h10.800L27 8.600v10.800L19.400 27H8.600L1 19.400V8.600Z" fill="currentColor" />
          <path d="m9 9 10 10M19 9 9 19" className={styles.cut} />
        </>
      )}
      {(verdict === "unsigned" || verdict === "pending") && (
        <circle cx="14" cy="14" r="11.500" fill="none" stroke="currentColor" strokeWidth="3" />
      )}
    </svg>
  );
}
