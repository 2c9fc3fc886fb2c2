import { Button as AriaButton, type ButtonProps } from "react-aria-components";
import styles from "./Button.module.css";

type Props = ButtonProps & { kind?: "primary" | "plain" };

/** A button. One primary action a screen; the others are plain. */
export function Button({ kind = "plain", ...props }: Props) {
  return <AriaButton {...props} className={`${styles.button} ${kind === "primary" ? styles.primary : ""}`} />;
}
