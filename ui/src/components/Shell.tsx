import type { ReactNode } from "react";
import { t } from "../messages";
import styles from "./Shell.module.css";

/** The frame of every screen: skip link, environment ribbon, the work. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#trabalho">
        {t("ui-skip")}
      </a>
      <header className={styles.ribbon}>
        <h1 className={styles.name}>{t("program-name")}</h1>
        <p className={styles.environment}>
          <strong>{t("environment-demo")}</strong> <span>{t("environment-demo-notice")}</span>
        </p>
      </header>
      <main id="trabalho" className={styles.main}>
        {children}
      </main>
    </div>
  );
}
