import { FileText, FolderOpen } from "lucide-react";
import { Button } from "../../components/Button";
import { t } from "../../messages";
import styles from "./Home.module.css";

/** Nothing is open yet: one place to drop a file, one button to choose it, one to try with an example. */
export function Home({ onChoose, onSample }: { onChoose: () => void; onSample: () => void }) {
  return (
    <div className={styles.home}>
      <section className={styles.drop} aria-labelledby="home-title">
        <h2 id="home-title" className={styles.title}>
          {t("ui-home-title")}
        </h2>
        <p>{t("ui-home-explanation")}</p>
        <div className={styles.actions}>
          <Button kind="primary" onPress={onChoose}>
            <FolderOpen size={16} strokeWidth={1.75} aria-hidden="true" /> {t("ui-open")}
          </Button>
          <Button onPress={onSample}>
            <FileText size={16} strokeWidth={1.75} aria-hidden="true" /> {t("ui-open-sample")}
          </Button>
        </div>
        <p className={styles.promise}>{t("ui-promise")}</p>
      </section>
    </div>
  );
}
