import { ArrowLeft } from "lucide-react";
import { Button } from "../../components/Button";
import { useFocusOnMount } from "../../components/useFocusOnMount";
import type { DeskState } from "../../contract/gen";
import { t } from "../../messages";
import { CertificateSection } from "./CertificateSection";
import { EnvironmentSection } from "./EnvironmentSection";
import { KeysSection } from "./KeysSection";
import styles from "./Office.module.css";
import { SessionSection } from "./SessionSection";

type Props = { desk: DeskState; onDesk: (desk: DeskState) => void; onBack: () => void };

/** Where work is done, as whom, with which key and certificate. */
export function OfficeScreen({ desk, onDesk, onBack }: Props) {
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const inAws = desk.environment.name !== "demo";
  return (
    <div className={styles.screen}>
      <div className={styles.bar}>
        <Button onPress={onBack}>
          <ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" /> {t("ui-place-back")}
        </Button>
        <h2 ref={heading} tabIndex={-1}>
          {t("ui-place")}
        </h2>
      </div>
      <div className={styles.columns}>
        <div className={styles.stack}>
          <SessionSection key={desk.environment.name} desk={desk} onDesk={onDesk} />
          <EnvironmentSection desk={desk} onDesk={onDesk} />
        </div>
        {inAws && (
          <div className={styles.stack} key={desk.environment.name}>
            <CertificateSection desk={desk} onDesk={onDesk} />
            <KeysSection />
          </div>
        )}
      </div>
    </div>
  );
}
