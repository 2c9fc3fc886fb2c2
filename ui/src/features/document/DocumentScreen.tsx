import { ArrowLeft, PenLine } from "lucide-react";
import { useCallback, useEffect, useReducer } from "react";
import { Button } from "../../components/Button";
import { ErrorNotice } from "../../components/ErrorNotice";
import { VerdictMark } from "../../components/VerdictMark";
import { VerdictPanel } from "../../components/VerdictPanel";
import type { DocumentView, Failure, OpenDocument, SignedDocument, SigningPlan, SigningStep } from "../../contract/gen";
import { t } from "../../messages";
import { PdfViewer } from "../../pdf/PdfViewer";
import { asFailure, useHost } from "../../platform";
import styles from "./DocumentScreen.module.css";
import { SignPanel } from "./SignPanel";

type State =
  | { at: "verifying" }
  | { at: "unreadable"; failure: Failure }
  | { at: "verified"; view: DocumentView; failure: Failure | null }
  | { at: "planning"; view: DocumentView }
  | { at: "confirming"; view: DocumentView; plan: SigningPlan }
  | { at: "signing"; view: DocumentView; plan: SigningPlan; step: SigningStep };

type Action =
  | { type: "verified"; view: DocumentView }
  | { type: "failed"; failure: Failure }
  | { type: "plan" }
  | { type: "planned"; plan: SigningPlan }
  | { type: "sign" }
  | { type: "step"; step: SigningStep }
  | { type: "back" };

function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "verified":
      return { at: "verified", view: action.view, failure: null };
    case "failed":
      return "view" in state
        ? { at: "verified", view: state.view, failure: action.failure }
        : { at: "unreadable", failure: action.failure };
    case "plan":
      return state.at === "verified" ? { at: "planning", view: state.view } : state;
    case "planned":
      return state.at === "planning" ? { at: "confirming", view: state.view, plan: action.plan } : state;
    case "sign":
      return state.at === "confirming" ? { ...state, at: "signing", step: "preparing" } : state;
    case "step":
      return state.at === "signing" ? { ...state, step: action.step } : state;
    case "back":
      return "view" in state ? { at: "verified", view: state.view, failure: null } : state;
  }
}

type Props = {
  document: OpenDocument;
  /** Its verdict, where the program has just signed and verified it. */
  known?: DocumentView | null;
  onClose: () => void;
  /** A signing began or ended: meanwhile no other document takes this one's place. */
  onSigning: (running: boolean) => void;
  /** The person has to sign in first, or again. */
  onSignIn: () => void;
  onSigned: (signed: SignedDocument) => void;
};

/** What a person asked for themselves is no error. */
const CANCELLED = "sign.cancelled";

/** What is mended by signing in. */
const NEEDS_SIGN_IN = /^(session\.|kms\.(expired_token|no_credentials|invalid_credentials))/;

/** One document: its verdict on the left, the document itself on the right, and the way to sign it. */
export function DocumentScreen({ document, known, onClose, onSigning, onSignIn, onSigned }: Props) {
  const host = useHost();
  const [state, dispatch] = useReducer(
    reduce,
    known ? { at: "verified", view: known, failure: null } : ({ at: "verifying" } satisfies State),
  );
  const fail = useCallback((thrown: unknown) => dispatch({ type: "failed", failure: asFailure(thrown) }), []);

  useEffect(() => {
    if (known) return;
    host.call("verify_document", { id: document.id }).then((view) => dispatch({ type: "verified", view }), fail);
  }, [host, document.id, known, fail]);

  const plan = () => {
    dispatch({ type: "plan" });
    host.call("plan_signing", { id: document.id }).then((made) => dispatch({ type: "planned", plan: made }), fail);
  };
  const sign = (reason: string, location: string, word: string) => {
    dispatch({ type: "sign" });
    const progress = (step: SigningStep) => dispatch({ type: "step", step });
    const ended = (thrown: unknown) => (asFailure(thrown).code === CANCELLED ? dispatch({ type: "back" }) : fail(thrown));
    onSigning(true);
    host
      .call("sign_document", { id: document.id, choice: { reason, location, word }, progress })
      .finally(() => onSigning(false))
      .then(onSigned, ended);
  };
  const attempt = (work: Promise<unknown>) => {
    work.catch(fail);
  };

  return (
    <div className={styles.screen}>
      <div className={styles.side}>
        <div className={styles.bar}>
          <Button onPress={onClose} aria-label={t("ui-close-document")} isDisabled={state.at === "signing"}>
            <ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" /> {t("ui-home")}
          </Button>
          <h2 className={styles.name}>{document.name}</h2>
        </div>
        <Side
          state={state}
          onPlan={plan}
          onSignIn={onSignIn}
          onSign={sign}
          onBack={() => dispatch({ type: "back" })}
          onCancel={() => attempt(host.call("cancel_signing", { id: document.id }))}
          onShowFolder={() => attempt(host.call("show_in_folder", { id: document.id }))}
        />
      </div>
      <PdfViewer document={document} />
    </div>
  );
}

type SideProps = {
  state: State;
  onPlan: () => void;
  onSignIn: () => void;
  onSign: (reason: string, location: string, word: string) => void;
  onBack: () => void;
  onCancel: () => void;
  onShowFolder: () => void;
};

function Side({ state, onPlan, onSignIn, onSign, onBack, onCancel, onShowFolder }: SideProps) {
  switch (state.at) {
    case "verifying":
      return (
        <p role="status" className={styles.pending}>
          <VerdictMark verdict="pending" /> {t("ui-verifying")}
        </p>
      );
    case "unreadable":
      return <ErrorNotice failure={state.failure} />;
    case "verified":
    case "planning":
      return (
        <>
          {state.at === "verified" && state.failure && (
            <ErrorNotice failure={state.failure}>
              {NEEDS_SIGN_IN.test(state.failure.code) && <Button onPress={onSignIn}>{t("ui-session-title")}</Button>}
            </ErrorNotice>
          )}
          <VerdictPanel view={state.view} takesFocus />
          <div className={styles.actions}>
            <Button kind="primary" onPress={onPlan} isDisabled={state.at === "planning"}>
              <PenLine size={16} strokeWidth={1.75} aria-hidden="true" /> {t("ui-sign")}
            </Button>
            <Button onPress={onShowFolder}>{t("ui-show-folder")}</Button>
          </div>
        </>
      );
    case "confirming":
      return <SignPanel plan={state.plan} step={null} onSign={onSign} onBack={onBack} />;
    case "signing":
      return (
        <SignPanel plan={state.plan} step={state.step} onSign={onSign} onBack={onCancel} />
      );
  }
}
