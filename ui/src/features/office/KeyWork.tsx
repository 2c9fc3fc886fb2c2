import { useState } from "react";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { ErrorNotice } from "../../components/ErrorNotice";
import { TextBlock } from "../../components/TextBlock";
import { TextInput } from "../../components/TextInput";
import { Tick } from "../../components/Tick";
import type { KeyOrderForm, KeyPlanView } from "../../contract/gen";
import { t } from "../../messages";
import { useHost } from "../../platform";
import styles from "./Office.module.css";
import { useAttempt } from "./useAttempt";

/** Names of the kinds of keys, as everybody writes them. */
const KINDS = ["rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384"].map((kind) => ({
  value: kind,
  label: kind.toUpperCase(),
}));

type Work = KeyOrderForm["work"];
type Form = { alias: string; kind: string; authority: boolean; regions: boolean; other: string; pem: string; region: string };

const EMPTY: Form = { alias: "", kind: "rsa-2048", authority: false, regions: false, other: "", pem: "", region: "" };

/** A key is made, replaced or copied to another Region: the request is shown first, and then confirmed with a word. */
export function KeyWork({ onDone }: { onDone: () => void }) {
  const host = useHost();
  const [work, setWork] = useState<Work>("create");
  const [form, setForm] = useState(EMPTY);
  const [plan, setPlan] = useState<KeyPlanView | null>(null);
  const [word, setWord] = useState("");
  const [said, setSaid] = useState<string[]>([]);
  const { running, failure, attempt, dismiss } = useAttempt();
  // What was shown is what is done: whoever changes the order is shown it again.
  const change = (part: Partial<Form>) => {
    setForm({ ...form, ...part });
    setPlan(null);
  };
  const order = orderOf(work, form);
  const show = (wanted: KeyOrderForm) => {
    setSaid([]);
    setWord("");
    void attempt(host.call("plan_key", { order: wanted }), setPlan);
  };
  const carryOut = () =>
    attempt(host.call("carry_out_key_plan", { word }), (sentences) => {
      setForm(EMPTY);
      setSaid(sentences);
      onDone();
      // Done or not: what comes next is shown anew before it is asked for.
    }).then(() => setPlan(null));
  return (
    <div className={styles.stack}>
      <Choice
        label={t("ui-keys-work")}
        value={work}
        options={[
          { value: "create", label: t("ui-keys-work-create") },
          { value: "succeed", label: t("ui-keys-work-succeed") },
          { value: "replicate", label: t("ui-keys-work-replicate") },
        ]}
        onChange={(chosen) => {
          setWork(chosen);
          setPlan(null);
        }}
      />
      {work === "create" && (
        <>
          <TextInput label={t("ui-keys-alias")} value={form.alias} onChange={(alias) => change({ alias })} />
          <Choice label={t("ui-keys-new-kind")} value={form.kind} options={KINDS} onChange={(kind) => change({ kind })} />
          <Tick label={t("ui-keys-authority")} isOn={form.authority} onChange={(authority) => change({ authority })} />
          <Tick label={t("ui-keys-multi-region")} isOn={form.regions} onChange={(regions) => change({ regions })} />
        </>
      )}
      {work === "succeed" && (
        <>
          <TextInput label={t("ui-keys-successor")} value={form.other} onChange={(other) => change({ other })} />
          <TextBlock label={t("ui-keys-successor-pem")} value={form.pem} onChange={(pem) => change({ pem })} />
        </>
      )}
      {work === "replicate" && (
        <TextInput label={t("ui-keys-replica-region")} value={form.region} onChange={(region) => change({ region })} />
      )}
      <Button onPress={() => order && show(order)} isDisabled={running || !order}>
        {t("ui-keys-plan")}
      </Button>
      {failure && (
        <ErrorNotice failure={failure}>
          <Button onPress={dismiss}>{t("ui-dismiss")}</Button>
        </ErrorNotice>
      )}
      {plan && (
        <div role="status" className={styles.stack}>
          {plan.sentences.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
          <TextBlock label={t("ui-keys-request")} value={plan.request} isReadOnly />
          <TextInput label={t("ui-confirm-word", { word: plan.word })} value={word} onChange={setWord} />
          <Button kind="primary" onPress={() => void carryOut()} isDisabled={running || word.trim() !== plan.word}>
            {t("ui-keys-carry-out")}
          </Button>
        </div>
      )}
      {said.length > 0 && (
        <div role="status" className={styles.stack}>
          {said.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      )}
    </div>
  );
}

/** The order that a form makes, once it says all that it has to. */
function orderOf(work: Work, form: Form): KeyOrderForm | null {
  const has = (...parts: string[]) => parts.every((part) => part.trim() !== "");
  switch (work) {
    case "create":
      return has(form.alias)
        ? { work, alias: form.alias, kind: form.kind, for_authority: form.authority, multi_region: form.regions }
        : null;
    case "succeed":
      return has(form.other, form.pem) ? { work, successor: form.other, pem: form.pem } : null;
    case "replicate":
      return has(form.region) ? { work, region: form.region } : null;
  }
}
