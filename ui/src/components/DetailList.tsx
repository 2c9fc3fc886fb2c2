import type { Detail } from "../contract/gen";
import styles from "./DetailList.module.css";

/** Names and values, as they are compared with a paper or another screen. */
export function DetailList({ details }: { details: Detail[] }) {
  return (
    <dl className={styles.list}>
      {details.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
