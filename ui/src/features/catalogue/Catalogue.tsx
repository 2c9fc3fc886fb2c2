import { Button } from "../../components/Button";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Shell } from "../../components/Shell";
import { TextInput } from "../../components/TextInput";
import { VerdictMark } from "../../components/VerdictMark";
import { VerdictPanel } from "../../components/VerdictPanel";
import type { DeskState, DocumentView, FileVerdict, SigningPlan } from "../../contract/gen";
import { t } from "../../messages";
import { SignPanel } from "../document/SignPanel";
import { Home } from "../home/Home";
import styles from "./Catalogue.module.css";

const VERDICTS: FileVerdict[] = ["valid", "indeterminate", "invalid", "unsigned", "unreadable"];
const CODES: Record<FileVerdict, string> = {
  valid: "signature-valid",
  indeterminate: "chain-unknown_issuer",
  invalid: "signature-hash_failure",
  unsigned: "verdict-unsigned",
  unreadable: "verdict-unreadable",
};

const nothing = () => {};

/** An example of a verdict, in the words of the catalogue of texts. */
export function exampleView(verdict: FileVerdict): DocumentView {
  const title = t(CODES[verdict]);
  const answer = { verdict, text: title };
  const signed = verdict !== "unsigned" && verdict !== "unreadable";
  return {
    name: "exemplo.pdf",
    sha256: "0011 2233 4455 6677 8899 aabb ccdd eeff 0011 2233 4455 6677 8899 aabb ccdd eeff",
    verdict,
    title,
    sentence: t("document-unsigned"),
    remedy: t("ui-home-explanation"),
    counts: signed ? t("verdict-count-valid", { count: 1 }) : "",
    signatures: signed
      ? [
          {
            field: "Assinatura1",
            verdict,
            title,
            sentence: title,
            remedy: title,
            who: answer,
            changed: answer,
            trust: answer,
            details: [{ name: t("detail-code"), value: CODES[verdict] }],
          },
        ]
      : [],
    findings: [{ code: "field.empty", grave: false, text: t("field-empty", { field: "Assinatura2" }) }],
    time: "24/11/2026 10:15",
    list: "da demonstração",
  };
}

/** An example of what a person confirms. */
export const examplePlan: SigningPlan = {
  file: "exemplo.pdf",
  output: "exemplo-assinado.pdf",
  folder: "Documentos",
  signer: "Escrevente",
  key: "rsa-2048",
  environment: t("environment-demo"),
  legal_class: t("legal-class-demo"),
  digest: "00112233…ccddeeff",
  certifies: true,
  notice: t("demo-memory-only"),
  word: null,
};

/** An example of where work is done. */
export function exampleDesk(name: string): DeskState {
  const title = t(`environment-${name}`);
  const details = [{ name: t("ui-environment-account"), value: "123456789012" }];
  return {
    environment: { name, title, notice: "", details, signs_in: name !== "demo", word: null, problem: null },
    session: null,
    certificate: null,
  };
}

/** Every component in every state, to be looked at in both themes, at 200 % and in forced colours. */
export function Catalogue() {
  return (
    <Shell desk={exampleDesk("prod")}>
      <div className={styles.catalogue}>
        <p>
          <strong>{t("ui-catalogue-notice")}</strong>
        </p>
        <p className={styles.row}>
          <Button kind="primary">{t("ui-open")}</Button>
          <Button>{t("ui-open-sample")}</Button>
          <Button isDisabled>{t("ui-cancel")}</Button>
          <Button kind="primary" isDisabled>
            {t("ui-sign")}
          </Button>
        </p>
        <p className={styles.row}>
          {VERDICTS.map((verdict) => (
            <VerdictMark key={verdict} verdict={verdict} size={28} />
          ))}
          <VerdictMark verdict="pending" size={28} />
        </p>
        <TextInput label={t("ui-reason")} defaultValue="Conferência" />
        <ErrorNotice
          failure={{ code: "pdf.damaged", title: t("pdf-damaged"), cause: t("ui-cannot-draw"), remedy: t("ui-home-explanation") }}
        />
        {VERDICTS.map((verdict) => (
          <VerdictPanel key={verdict} view={exampleView(verdict)} />
        ))}
        <SignPanel plan={examplePlan} step={null} onSign={nothing} onBack={nothing} />
        <SignPanel plan={examplePlan} step="checking" onSign={nothing} onBack={nothing} />
        <Home onChoose={nothing} onSample={nothing} />
      </div>
    </Shell>
  );
}
