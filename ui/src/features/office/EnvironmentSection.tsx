import { useEffect, useState } from "react";
import { Button } from "../../components/Button";
import { DetailList } from "../../components/DetailList";
import { TextInput } from "../../components/TextInput";
import type { DeskState, EnvironmentView } from "../../contract/gen";
import { t } from "../../messages";
import { useHost } from "../../platform";
import styles from "./Office.module.css";
import { Section } from "./Section";
import { useAttempt } from "./useAttempt";

type Props = { desk: DeskState; onDesk: (desk: DeskState) => void };

/** Every environment, the one in use marked; production is entered by typing its name. */
export function EnvironmentSection({ desk, onDesk }: Props) {
  const host = useHost();
  const [environments, setEnvironments] = useState<EnvironmentView[]>([]);
  const [word, setWord] = useState("");
  const { running, failure, attempt, dismiss } = useAttempt();
  useEffect(() => void attempt(host.call("environments", {}), setEnvironments), [host, attempt]);
  const choose = (name: string) =>
    attempt(host.call("choose_environment", { name, word }), (chosen) => {
      setWord("");
      onDesk(chosen);
    });
  return (
    <Section title={t("ui-environment-title")} failure={failure} onDismiss={dismiss}>
      <ul className={styles.cards}>
        {environments.map((one) => (
          <li key={one.name} className={styles.card} aria-current={one.name === desk.environment.name}>
            <p>
              <strong>{one.title}</strong> {one.notice}
            </p>
            <DetailList details={one.details} />
            {one.problem && <p className={styles.quiet}>{one.problem.title}</p>}
            {one.name === desk.environment.name ? (
              <p>{t("ui-environment-current")}</p>
            ) : (
              !one.problem && (
                <>
                  {one.word && (
                    <TextInput label={t("ui-environment-word", { word: one.word })} value={word} onChange={setWord} />
                  )}
                  <Button onPress={() => void choose(one.name)} isDisabled={running}>
                    {t("ui-environment-choose", { name: one.title })}
                  </Button>
                </>
              )
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
