import { useId } from "react";
import type { Answer, DocumentView, FileVerdict, SignatureView } from "../contract/gen";
import { t } from "../messages";
import { useFocusOnMount } from "./useFocusOnMount";
import { VerdictMark } from "./VerdictMark";
import styles from "./VerdictPanel.module.css";

const BAR: Record<FileVerdict, string | undefined> = {
  valid: styles.valid,
  indeterminate: styles.indeterminate,
  invalid: styles.invalid,
  unreadable: styles.invalid,
  unsigned: styles.neutral,
};

/** The one place of the program where a verdict stands. Every word comes from the host. */
export function VerdictPanel({ view, takesFocus = false }: { view: DocumentView; takesFocus?: boolean }) {
  const title = useId();
  const heading = useFocusOnMount<HTMLHeadingElement>(takesFocus);
  return (
    <section aria-labelledby={title} className={`${styles.panel} ${BAR[view.verdict] ?? ""}`}>
      <div role={view.verdict === "invalid" ? "alert" : "status"}>
        <p className={styles.local}>{t("ui-verdict-heading")}</p>
        <div className={styles.head}>
          <VerdictMark verdict={view.verdict} size={28} />
          <h2 id={title} ref={heading} tabIndex={-1} className={styles.title}>
            {view.title}
          </h2>
        </div>
        {view.counts && <p>{view.counts}</p>}
        <p>{view.sentence}</p>
      </div>
      <p>
        <strong>{t("ui-what-to-do")}</strong> {view.remedy}
      </p>
      {view.signatures.map((signature, index) => (
        // Hostile files repeat names; the order of signatures in one verdict never changes.
        // oxlint-disable-next-line react/no-array-index-key
        <Signature key={index} signature={signature} open={index === 0} />
      ))}
      {view.findings.length > 0 && (
        <div>
          <h3>{t("ui-findings")}</h3>
          <ul className={styles.findings}>
            {[...new Set(view.findings.map((finding) => finding.text))].map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
      <details>
        <summary>{t("ui-file-details")}</summary>
        <dl className={styles.details}>
          <dt>SHA-256</dt>
          <dd className={styles.digest}>{view.sha256}</dd>
          <dt>{t("ui-judged-at")}</dt>
          <dd>{view.time}</dd>
          <dt>{t("ui-trust-list")}</dt>
          <dd>{view.list}</dd>
        </dl>
      </details>
      <p className={styles.disclaimer}>{t("verdict-disclaimer")}</p>
    </section>
  );
}

function Signature({ signature, open }: { signature: SignatureView; open: boolean }) {
  return (
    <details open={open} className={styles.signature}>
      <summary>
        <VerdictMark verdict={signature.verdict} size={16} /> {signature.field}: {signature.title}
      </summary>
      <div className={styles.questions}>
        <Question title={t("question-who")} answer={signature.who} />
        <Question title={t("question-changed")} answer={signature.changed} />
        <Question title={t("question-trust")} answer={signature.trust} />
        <details>
          <summary>{t("ui-experts")}</summary>
          <dl className={styles.details}>
            {signature.details.map((detail) => (
              <div key={detail.name}>
                <dt>{detail.name}</dt>
                <dd>{detail.value}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
    </details>
  );
}

function Question({ title, answer }: { title: string; answer: Answer }) {
  return (
    <div className={styles.question}>
      <VerdictMark verdict={answer.verdict} size={16} />
      <div>
        <h3>{title}</h3>
        <p>{answer.text}</p>
      </div>
    </div>
  );
}
