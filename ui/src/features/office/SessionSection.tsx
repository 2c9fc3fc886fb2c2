import { useEffect, useState } from "react";
import { Button } from "../../components/Button";
import { DetailList } from "../../components/DetailList";
import { TextInput } from "../../components/TextInput";
import type { DeskState, SignInMessage } from "../../contract/gen";
import { t } from "../../messages";
import { useHost } from "../../platform";
import styles from "./Office.module.css";
import { Section } from "./Section";
import { useAttempt } from "./useAttempt";

type Props = { desk: DeskState; onDesk: (desk: DeskState) => void };

/** Who is signed in, and the two ways to sign in; account and role are shown before a browser opens. */
export function SessionSection({ desk, onDesk }: Props) {
  const host = useHost();
  const [message, setMessage] = useState<SignInMessage | null>(null);
  const [farewell, setFarewell] = useState<string[]>([]);
  const { running, failure, attempt, dismiss } = useAttempt();
  // Whoever leaves this screen does not sign in behind it.
  useEffect(() => () => void host.call("cancel_sign_in", {}).catch(() => {}), [host]);
  const { environment, session } = desk;
  const signIn = (device: boolean) => {
    setFarewell([]);
    void attempt(host.call("sign_in", { device, progress: setMessage }), onDesk).then(() => setMessage(null));
  };
  const signOut = () =>
    attempt(host.call("sign_out", {}), (said) => {
      setFarewell(said);
      onDesk({ ...desk, session: null });
    });
  return (
    <Section title={t("ui-session-title")} failure={failure} onDismiss={dismiss}>
      {!environment.signs_in && <p className={styles.quiet}>{t("ui-session-none-needed")}</p>}
      {environment.signs_in && session && (
        <>
          <p>
            <strong>{t("cli-session", { person: session.person, environment: session.environment })}</strong>
          </p>
          <p>{t("ui-session-account", { account: session.account, role: session.role })}</p>
          <p>{session.until}</p>
          {session.notice && <p className={styles.notice}>{session.notice}</p>}
          <Button onPress={() => void signOut()} isDisabled={running}>
            {t("ui-session-out")}
          </Button>
        </>
      )}
      {environment.signs_in && !session && !message && (
        <>
          <DetailList details={environment.details} />
          <p className={styles.quiet}>{t("ui-session-store")}</p>
          <div className={styles.actions}>
            <Button kind="primary" onPress={() => signIn(false)} isDisabled={running}>
              {t("ui-session-browser")}
            </Button>
            <Button onPress={() => signIn(true)} isDisabled={running}>
              {t("ui-session-device")}
            </Button>
          </div>
        </>
      )}
      {message && (
        <div role="status" className={styles.stack}>
          <TextInput
            label={
              message.code
                ? t("ui-session-waiting-device", { minutes: message.minutes ?? "" })
                : t("ui-session-waiting")
            }
            value={message.url}
            isReadOnly
          />
          {message.code && <p className={styles.code}>{message.code}</p>}
          <Button onPress={() => void host.call("cancel_sign_in", {})}>{t("ui-cancel")}</Button>
        </div>
      )}
      {farewell.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Section>
  );
}
