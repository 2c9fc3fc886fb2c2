import styles from "./TextInput.module.css";

type Props = { label: string; isOn: boolean; onChange: (isOn: boolean) => void };

/** Yes or no, with its label beside it. */
export function Tick({ label, isOn, onChange }: Props) {
  return (
    <label className={styles.tick}>
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}
