import { type ReactNode, useId } from "react";
import { Button } from "../../components/Button";
import { ErrorNotice } from "../../components/ErrorNotice";
import type { Failure } from "../../contract/gen";
import { t } from "../../messages";
import styles from "./Office.module.css";

type Props = { title: string; failure: Failure | null; onDismiss: () => void; children: ReactNode };

/** A part of the screen, with what failed in it. */
export function Section({ title, failure, onDismiss, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.section}>
      <h3 id={id}>{title}</h3>
      {failure && (
        <ErrorNotice failure={failure}>
          <Button onPress={onDismiss}>{t("ui-dismiss")}</Button>
        </ErrorNotice>
      )}
      {children}
    </section>
  );
}
