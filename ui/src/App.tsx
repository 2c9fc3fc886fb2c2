import { useCallback, useEffect, useReducer } from "react";
import type { Failure, OpenDocument } from "./contract/gen";
import { ErrorNotice } from "./components/ErrorNotice";
import { Shell } from "./components/Shell";
import { DocumentScreen } from "./features/document/DocumentScreen";
import { Home } from "./features/home/Home";
import { asFailure, useHost } from "./platform";

type State = { document: OpenDocument | null; failure: Failure | null };
type Action =
  | { type: "opened"; document: OpenDocument }
  | { type: "failed"; failure: Failure }
  | { type: "closed" };

function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "opened":
      return { document: action.document, failure: null };
    case "failed":
      return { ...state, failure: action.failure };
    case "closed":
      return { document: null, failure: null };
  }
}

/** The program: nothing open, or one document. */
export function App() {
  const host = useHost();
  const [state, dispatch] = useReducer(reduce, { document: null, failure: null });

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
        (document) => dispatch({ type: "opened", document }),
        (failure) => dispatch({ type: "failed", failure }),
      ),
    [host],
  );
  useEffect(() => open(host.call("pending_document", {})), [host, open]);

  const close = () => {
    if (state.document) void host.call("close_document", { id: state.document.id });
    dispatch({ type: "closed" });
  };

  return (
    <Shell>
      {state.failure && <ErrorNotice failure={state.failure} />}
      {state.document ? (
        <DocumentScreen
          key={state.document.id}
          document={state.document}
          onClose={close}
          onOpened={(document) => dispatch({ type: "opened", document })}
        />
      ) : (
        <Home onChoose={() => open(host.call("choose_document", {}))} onSample={() => open(host.call("open_sample", {}))} />
      )}
    </Shell>
  );
}
