import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { Button } from "./components/Button";
import type { DeskState, DocumentView, Failure, OpenDocument } from "./contract/gen";
import { ErrorNotice } from "./components/ErrorNotice";
import { Shell } from "./components/Shell";
import { DocumentScreen } from "./features/document/DocumentScreen";
import { Home } from "./features/home/Home";
import { OfficeScreen } from "./features/office/OfficeScreen";
import { t } from "./messages";
import { asFailure, failure, useHost } from "./platform";

/** `view` is the verdict of a document that the program has just signed and verified. */
type State = { document: OpenDocument | null; view: DocumentView | null; failure: Failure | null };
type Action =
  | { type: "opened"; document: OpenDocument; view?: DocumentView }
  | { type: "failed"; failure: Failure | null }
  | { type: "elsewhere" }
  | { type: "closed" };

function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "opened":
      return { document: action.document, view: action.view ?? null, failure: null };
    case "failed":
      return { ...state, failure: action.failure };
    case "elsewhere":
      // Under other rules a document is judged anew.
      return { ...state, view: null };
    case "closed":
      return { document: null, view: null, failure: null };
  }
}

/** A document that is gone already needs no closing. */
function forget(closing: Promise<unknown>) {
  closing.catch(() => {});
}

/** The program: nothing open, or one document. */
export function App() {
  const host = useHost();
  const [state, dispatch] = useReducer(reduce, { document: null, view: null, failure: null });
  const signing = useRef(false);
  const [desk, setDesk] = useState<DeskState | null>(null);
  const [inOffice, setInOffice] = useState(false);

  const refresh = useCallback(() => {
    host.call("desk_state", {}).then(setDesk, (thrown: unknown) => dispatch({ type: "failed", failure: asFailure(thrown) }));
  }, [host]);
  useEffect(refresh, [refresh]);
  const arrive = (next: DeskState) => {
    if (next.environment.name !== desk?.environment.name) dispatch({ type: "elsewhere" });
    setDesk(next);
  };
  const enterOffice = () => {
    if (signing.current) dispatch({ type: "failed", failure: failure("sign-in_progress") });
    else setInOffice(true);
  };

  const open = useCallback(
    (source: Promise<OpenDocument | null>) => {
      source.then(
        // No document means that the person cancelled, which is no error.
        (document) => document && dispatch({ type: "opened", document }),
        (thrown: unknown) => dispatch({ type: "failed", failure: asFailure(thrown) }),
      );
    },
    [dispatch],
  );

  useEffect(
    () =>
      host.onDocument(
        (document) => {
          if (signing.current) {
            dispatch({ type: "failed", failure: failure("sign-in_progress") });
            forget(host.call("close_document", { id: document.id }));
          } else {
            dispatch({ type: "opened", document });
          }
        },
        (refused) => dispatch({ type: "failed", failure: refused }),
      ),
    [host],
  );
  useEffect(() => open(host.call("pending_document", {})), [host, open]);

  // Whatever takes a document's place, or none, the host lets go of it.
  const id = state.document?.id;
  useEffect(() => (id ? () => forget(host.call("close_document", { id })) : undefined), [host, id]);

  const onSigning = useCallback((running: boolean) => {
    signing.current = running;
  }, []);

  return (
    <Shell desk={desk} onPlace={enterOffice}>
      {state.failure && (
        <ErrorNotice failure={state.failure}>
          <Button onPress={() => dispatch({ type: "failed", failure: null })}>{t("ui-dismiss")}</Button>
        </ErrorNotice>
      )}
      {inOffice && desk ? (
        <OfficeScreen desk={desk} onDesk={arrive} onBack={() => setInOffice(false)} />
      ) : state.document ? (
        <DocumentScreen
          key={state.document.id}
          document={state.document}
          known={state.view}
          onClose={() => dispatch({ type: "closed" })}
          onSigning={onSigning}
          onSignIn={enterOffice}
          onSigned={(signed) => {
            refresh();
            dispatch({ type: "opened", document: signed.document, view: signed.view });
          }}
        />
      ) : (
        <Home onChoose={() => open(host.call("choose_document", {}))} onSample={() => open(host.call("open_sample", {}))} />
      )}
    </Shell>
  );
}
