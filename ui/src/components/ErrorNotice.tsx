import type { ReactNode } from "react";
import type { Failure } from "../contract/gen";
import { t } from "../messages";
import styles from "./ErrorNotice.module.css";

/** An error where the action was: what it is, what happened, what to do, and the code for whoever helps. */
export function ErrorNotice({ failure, children }: { failure: Failure; children?: ReactNode }) {
  return (
    <div role="alert" className={styles.notice}>
      <h2>{failure.title}</h2>
      {failure.cause && <p>{failure.cause}</p>}
      {failure.remedy && <p>{failure.remedy}</p>}
      <p className={styles.code}>{t("ui-error-code", { code: failure.code })}</p>
      {children}
    </div>
  );
}
