import { Label, TextArea, TextField, type TextFieldProps } from "react-aria-components";
import styles from "./TextInput.module.css";

type Props = TextFieldProps & { label: string };

/** Several lines of text with their label above them. */
export function TextBlock({ label, ...props }: Props) {
  return (
    <TextField {...props} className={styles.field ?? ""}>
      <Label>{label}</Label>
      <TextArea className={`${styles.input} ${styles.block}`} rows={6} spellCheck="false" />
    </TextField>
  );
}
