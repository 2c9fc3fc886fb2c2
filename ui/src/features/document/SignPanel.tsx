import { useId, useState } from "react";
import { Button } from "../../components/Button";
import { TextInput } from "../../components/TextInput";
import { useFocusOnMount } from "../../components/useFocusOnMount";
import type { SigningPlan, SigningStep } from "../../contract/gen";
import { t } from "../../messages";
import styles from "./SignPanel.module.css";

type Props = {
  plan: SigningPlan;
  /** Where the signing stands; null while it waits for confirmation. */
  step: SigningStep | null;
  onSign: (reason: string, location: string, word: string) => void;
  onBack: () => void;
};

const STEPS: SigningStep[] = ["preparing", "signing", "writing", "checking", "done"];

/** The confirmation: a sentence, not a form; then the progress of the work it confirms. */
export function SignPanel({ plan, step, onSign, onBack }: Props) {
  const title = useId();
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const [reason, setReason] = useState("");
  const [location, setLocation] = useState("");
  const [word, setWord] = useState("");
  return (
    <section aria-labelledby={title} className={styles.panel}>
      <h2 id={title} ref={heading} tabIndex={-1}>
        {t("ui-sign-title")}
      </h2>
      <p>{t("ui-sign-sentence", { file: plan.file, signer: plan.signer, key: plan.key, environment: plan.environment })}</p>
      <p>
        <strong>{plan.legal_class}</strong>
      </p>
      <p>{plan.certifies ? t("ui-sign-certifies") : t("ui-sign-approves")}</p>
      <p>{t("ui-sign-output", { output: plan.output, folder: plan.folder })}</p>
      <p>
        {t("ui-sign-digest")} <span className={styles.digest}>{plan.digest}</span>
      </p>
      {plan.notice && <p className={styles.notice}>{plan.notice}</p>}
      <TextInput label={t("ui-reason")} value={reason} onChange={setReason} isDisabled={step !== null} />
      <TextInput label={t("ui-location")} value={location} onChange={setLocation} isDisabled={step !== null} />
      {plan.word && (
        <TextInput
          label={t("ui-confirm-word", { word: plan.word })}
          value={word}
          onChange={setWord}
          isDisabled={step !== null}
        />
      )}
      <div className={styles.actions}>
        <Button
          kind="primary"
          onPress={() => onSign(reason, location, word)}
          isDisabled={step !== null || (plan.word !== null && word.trim() !== plan.word)}
        >
          {t("ui-sign-confirm")}
        </Button>
        <Button onPress={onBack}>{step === null ? t("ui-back") : t("ui-cancel")}</Button>
      </div>
      <p role="status" className={styles.status}>
        {step !== null && t("ui-step", { number: STEPS.indexOf(step) + 1, total: STEPS.length, name: t(`step-${step}`) })}
      </p>
    </section>
  );
}
