import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { RequestFailure, inWords } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { signIn } from '../api/session.ts';
import { goClass } from '../card/action-bar.tsx';
import { words } from '../words.ts';

const box = 'mx-auto mt-[15dvh] w-[min(24rem,calc(100vw-32px))]';

const textIn = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const [fault, setFault] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const text = words.signIn;
  const submit = async (form: FormData): Promise<void> => {
    setSending(true);
    try {
      await signIn(textIn(form, 'email'), textIn(form, 'password'));
      queryClient.clear();
      await navigate({ href: next ?? '/' });
    } catch (error) {
      setFault(error instanceof RequestFailure && error.status === 401 ? text.failed : inWords(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <main className={box}>
      <h1 className="mb-4 text-lg font-bold">{text.title}</h1>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <label>
          {text.email}
          <input className="field mt-1" name="email" type="email" autoComplete="username" required />
        </label>
        <label>
          {text.password}
          <input className="field mt-1" name="password" type="password" autoComplete="current-password" required />
        </label>
        {fault && (
          <p role="alert" className="text-risk">
            {fault}
          </p>
        )}
        <button type="submit" className={goClass} disabled={isSending}>
          {text.submit}
        </button>
      </form>
      <p className="text-muted mt-4 text-sm">{text.hint}</p>
    </main>
  );
}
