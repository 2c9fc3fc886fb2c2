import { useState } from "react";
import { Button } from "../../components/Button";
import { DetailList } from "../../components/DetailList";
import { TextBlock } from "../../components/TextBlock";
import { TextInput } from "../../components/TextInput";
import type { CertificateView, DeskState, RequestView } from "../../contract/gen";
import { t } from "../../messages";
import { useHost } from "../../platform";
import styles from "./Office.module.css";
import { Section } from "./Section";
import { useAttempt } from "./useAttempt";

type Props = { desk: DeskState; onDesk: (desk: DeskState) => void };

/** From a key without a certificate to one that signs: the request, then what came of it, checked and tried out. */
export function CertificateSection({ desk, onDesk }: Props) {
  const host = useHost();
  const [person, setPerson] = useState("");
  const [office, setOffice] = useState("");
  const [key, setKey] = useState("");
  const [request, setRequest] = useState<RequestView | null>(null);
  const [pem, setPem] = useState("");
  const [checked, setChecked] = useState<CertificateView | null>(null);
  const { running, failure, attempt, dismiss } = useAttempt();
  const { certificate } = desk;
  const ask = () => attempt(host.call("request_certificate", { subject: { person, office, key } }), setRequest);
  const check = () => {
    setChecked(null);
    void attempt(host.call("check_certificate", { pem }), setChecked);
  };
  const choose = () => attempt(host.call("choose_certificate", {}), (found) => found && setChecked(found));
  const install = () =>
    attempt(host.call("install_certificate", {}), (installed) => {
      setChecked(null);
      setPem("");
      onDesk(installed);
    });
  return (
    <Section title={t("ui-certificate-title")} failure={failure} onDismiss={dismiss}>
      {certificate ? (
        <>
          <p>
            <strong>{t("ui-certificate-in-use", { subject: certificate.subject })}</strong>
          </p>
          {certificate.renewal && <p className={styles.notice}>{certificate.renewal}</p>}
          <DetailList details={certificate.details} />
        </>
      ) : (
        <p>{t("ui-certificate-none")}</p>
      )}
      <h4>{t("ui-certificate-step-request")}</h4>
      <TextInput label={t("ui-certificate-person")} value={person} onChange={setPerson} />
      <TextInput label={t("ui-certificate-office")} value={office} onChange={setOffice} />
      <TextInput label={t("ui-certificate-key")} value={key} onChange={setKey} />
      <Button onPress={() => void ask()} isDisabled={running || person.trim() === ""}>
        {t("ui-certificate-request")}
      </Button>
      {request && (
        <>
          <DetailList details={request.details} />
          <p>{t("ui-certificate-kept", { file: request.file })}</p>
          <TextBlock label={t("ui-certificate-pem")} value={request.pem} isReadOnly />
        </>
      )}
      <h4>{t("ui-certificate-step-import")}</h4>
      <TextBlock label={t("ui-certificate-paste")} value={pem} onChange={setPem} />
      <div className={styles.actions}>
        <Button onPress={check} isDisabled={running || pem.trim() === ""}>
          {t("ui-certificate-check")}
        </Button>
        <Button onPress={() => void choose()} isDisabled={running}>
          {t("ui-certificate-choose")}
        </Button>
      </div>
      {checked && (
        <div role="status" className={styles.stack}>
          <p>
            <strong>{checked.subject}</strong>
          </p>
          <p>{t("ui-certificate-tested")}</p>
          {checked.renewal && <p className={styles.notice}>{checked.renewal}</p>}
          <DetailList details={checked.details} />
          <Button kind="primary" onPress={() => void install()} isDisabled={running}>
            {t("ui-certificate-install")}
          </Button>
        </div>
      )}
    </Section>
  );
}
