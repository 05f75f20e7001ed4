interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: [Value, string][];
  onChange: (value: Value) => void;
}

export const Choice = <Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) => (
  <label className="flex items-center whitespace-nowrap">
    {label}:
    <select
      className="field-sizing-content cursor-pointer rounded bg-transparent py-1"
      value={value}
      onChange={({ target }) => onChange(target.value as Value)}
    >
      {options.map(([each, name]) => (
        <option key={each} value={each}>
          {name}
        </option>
      ))}
    </select>
  </label>
);
