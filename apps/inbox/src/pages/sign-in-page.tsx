import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { RequestFailure, inWords } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { listProviders, signIn } from '../api/session.ts';
import { goClass } from '../card/action-bar.tsx';
import { own } from '../own.ts';
import { words } from '../words.ts';

const box = 'mx-auto mt-[15dvh] w-[min(24rem,calc(100vw-32px))]';

const textIn = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

const refusalText = (reason: string | undefined): string | null =>
  reason === undefined ? null : (own(words.signIn.refused, reason) ?? words.signIn.refused.failed ?? null);

/** The organisation's sign-in. It leaves this page, so it is a link. */
function Providers({ next }: { next: string | undefined }) {
  const { data: providers = [] } = useQuery({ queryKey: ['providers'], queryFn: listProviders, staleTime: Infinity });
  return providers.map(({ name, path }) => (
    <a
      key={path}
      className="button mt-3 w-full justify-center"
      href={`${path}?${new URLSearchParams({ next: next ?? '/' })}`}
    >
      {words.signIn.through(name)}
    </a>
  ));
}

export function SignInPage() {
  const { next, refused } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const [fault, setFault] = useState<string | null>(refusalText(refused));
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
      <Providers next={next} />
      <p className="text-muted mt-4 text-sm">{text.hint}</p>
    </main>
  );
}
