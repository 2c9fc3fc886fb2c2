import { useState } from "react";
import { Button } from "../../components/Button";
import { DetailList } from "../../components/DetailList";
import { TextBlock } from "../../components/TextBlock";
import type { KeySheetView, KeyView } from "../../contract/gen";
import { t } from "../../messages";
import { useHost } from "../../platform";
import { KeyWork } from "./KeyWork";
import styles from "./Office.module.css";
import { Section } from "./Section";
import { useAttempt } from "./useAttempt";

/** The office's keys, with use, state and price; they are asked for, since that costs calls. */
export function KeysSection() {
  const host = useHost();
  const [keys, setKeys] = useState<KeyView[] | null>(null);
  const [sheet, setSheet] = useState<KeySheetView | null>(null);
  const { running, failure, attempt, dismiss } = useAttempt();
  const list = () => attempt(host.call("list_keys", {}), setKeys);
  const show = (key: string) => attempt(host.call("show_key", { key }), setSheet);
  return (
    <Section title={t("ui-keys-title")} failure={failure} onDismiss={dismiss}>
      <Button onPress={() => void list()} isDisabled={running}>
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
              <Button onPress={() => void show(key.name)} isDisabled={running}>
                {t("ui-keys-show", { name: key.name })}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {sheet && (
        <div role="status" className={styles.stack}>
          <p>
            <strong>{sheet.name}</strong>
          </p>
          <DetailList details={sheet.details} />
          <TextBlock label={t("ui-keys-policy")} value={sheet.policy} isReadOnly />
          <Button onPress={() => setSheet(null)}>{t("ui-keys-close")}</Button>
        </div>
      )}
      <KeyWork onDone={() => keys && void list()} />
    </Section>
  );
}
