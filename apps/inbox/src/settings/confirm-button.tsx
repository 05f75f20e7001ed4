import { useState } from 'react';

interface ConfirmButtonProps {
  label: string;
  /** What the second click does. */
  confirm: string;
  /** What it is done to. */
  name: string;
  onConfirm: () => void;
}

/** Asks once more before what cannot be taken back. */
export function ConfirmButton({ label, confirm, name, onConfirm }: ConfirmButtonProps) {
  const [isAsked, setAsked] = useState(false);
  return (
    <button
      type="button"
      className={`button text-risk ml-auto ${isAsked ? 'bg-risk-soft font-semibold' : ''}`}
      aria-label={`${isAsked ? `${confirm}:` : label} ${name}`}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (isAsked) onConfirm();
        setAsked(!isAsked);
      }}
    >
      {isAsked ? confirm : label}
    </button>
  );
}
