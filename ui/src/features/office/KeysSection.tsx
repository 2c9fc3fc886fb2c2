import { useState } from "react";
import { Button } from "../../components/Button";
import type { KeyView } from "../../contract/gen";
import { t } from "../../messages";
import { useHost } from "../../platform";
import styles from "./Office.module.css";
import { Section } from "./Section";
import { useAttempt } from "./useAttempt";

/** The office's keys, with use, state and price; they are asked for, since that costs calls. */
export function KeysSection() {
  const host = useHost();
  const [keys, setKeys] = useState<KeyView[] | null>(null);
  const { running, failure, attempt, dismiss } = useAttempt();
  return (
    <Section title={t("ui-keys-title")} failure={failure} onDismiss={dismiss}>
      <Button onPress={() => void attempt(host.call("list_keys", {}), setKeys)} isDisabled={running}>
        {t("ui-keys-list")}
      </Button>
      {keys?.length === 0 && <p>{t("ui-keys-none")}</p>}
      {keys && keys.length > 0 && (
        <ul className={styles.cards}>
          {keys.map((key) => (
            <li key={key.name} className={styles.card}>
              <p>
                <strong>{key.name}</strong>
              </p>
              <p>{key.kind}</p>
              <p>{key.price}</p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
