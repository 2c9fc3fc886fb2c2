import type { ReactNode } from "react";
import type { DeskState } from "../contract/gen";
import { t } from "../messages";
import { Button } from "./Button";
import styles from "./Shell.module.css";

type Props = { desk: DeskState | null; onPlace?: () => void; children: ReactNode };

/** The frame of every screen: skip link, environment ribbon with who is signed in, the work. */
export function Shell({ desk, onPlace, children }: Props) {
  const environment = desk?.environment;
  const session = desk?.session;
  const who = session
    ? t("ui-place-chip", { person: session.person, until: session.until })
    : environment?.signs_in
      ? t("ui-place-nobody")
      : t("ui-place");
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#trabalho">
        {t("ui-skip")}
      </a>
      <header className={`${styles.ribbon} ${styles[environment?.name ?? "demo"]}`}>
        <h1 className={styles.name}>{t("program-name")}</h1>
        <p className={styles.environment}>
          <strong>{environment?.title ?? t("environment-demo")}</strong>{" "}
          <span>{environment?.notice ?? t("environment-demo-notice")}</span>
        </p>
        {onPlace && <Button onPress={onPlace}>{who}</Button>}
      </header>
      <main id="trabalho" className={styles.main}>
        {children}
      </main>
    </div>
  );
}
