import { Input, Label, TextField, type TextFieldProps } from "react-aria-components";
import styles from "./TextInput.module.css";

type Props = TextFieldProps & { label: string };

/** A line of text with its label above it. */
export function TextInput({ label, ...props }: Props) {
  return (
    <TextField {...props} className={styles.field ?? ""}>
      <Label>{label}</Label>
      <Input className={styles.input ?? ""} maxLength={500} />
    </TextField>
  );
}
