import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { RequestFailure, inWords } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { signIn, signInByLink } from '../api/session.ts';
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

/** Takes the token of a printed link: after the #, so that no server and no mail scanner has seen it. */
export function WelcomePage() {
  const navigate = useNavigate();
  const [fault, setFault] = useState<string | null>(null);
  const isTaken = useRef(false);
  useEffect(() => {
    if (isTaken.current) return;
    isTaken.current = true;
    const token = new URLSearchParams(location.hash.slice(1)).get('token');
    history.replaceState(null, '', location.pathname);
    if (!token) return setFault(words.signIn.noToken);
    signInByLink(token).then(
      () => {
        queryClient.clear();
        return navigate({ to: '/', replace: true });
      },
      (error: unknown) =>
        setFault(error instanceof RequestFailure && error.status < 500 ? words.signIn.linkFailed : inWords(error)),
    );
  }, [navigate]);
  return (
    <main className={box}>
      <p role={fault ? 'alert' : 'status'}>{fault ?? words.signIn.welcome}</p>
    </main>
  );
}
