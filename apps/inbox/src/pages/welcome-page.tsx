import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { inWords, RequestFailure } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { join, signInByLink } from '../api/session.ts';
import { goClass } from '../card/action-bar.tsx';
import { words } from '../words.ts';

const box = 'mx-auto mt-[15dvh] w-[min(24rem,calc(100vw-32px))]';

/** What a link has after its #, so that no server and no mail scanner has seen it. */
interface Secret {
  token: string | null;
  invitation: string | null;
}

/** Where printed links and invitations lead. */
export function WelcomePage() {
  const navigate = useNavigate();
  const [fault, setFault] = useState<string | null>(null);
  const [secret] = useState<Secret>(readSecret);
  const isUsed = useRef(false);
  const enter = (): Promise<void> => {
    queryClient.clear();
    return navigate({ to: '/', replace: true });
  };
  useEffect(() => {
    if (isUsed.current || secret.invitation) return;
    isUsed.current = true;
    history.replaceState(null, '', location.pathname);
    if (!secret.token) return setFault(words.signIn.noToken);
    signInByLink(secret.token).then(enter, (error: unknown) =>
      setFault(error instanceof RequestFailure && error.status < 500 ? words.signIn.linkFailed : inWords(error)),
    );
  });
  if (secret.invitation) return <JoinForm secret={secret.invitation} onJoined={enter} />;
  return (
    <main className={box}>
      <h1 className="sr-only">{words.signIn.title}</h1>
      <p role={fault ? 'alert' : 'status'}>{fault ?? words.signIn.welcome}</p>
    </main>
  );
}

function readSecret(): Secret {
  const given = new URLSearchParams(location.hash.slice(1));
  return { token: given.get('token'), invitation: given.get('invitation') };
}

function JoinForm({ secret, onJoined }: { secret: string; onJoined: () => Promise<void> }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const text = words.signIn;
  const submit = async (): Promise<void> => {
    try {
      await join(secret, name, password);
      await onJoined();
    } catch (error) {
      setFault(inWords(error));
    }
  };
  return (
    <main className={box}>
      <h1 className="mb-1 text-lg font-bold">{text.join}</h1>
      <p className="text-muted mb-4">{text.joinHelp}</p>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label>
          {text.name}
          <input
            className="field mt-1"
            autoComplete="name"
            required
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <label>
          {text.newPassword}
          <input
            className="field mt-1"
            type="password"
            autoComplete="new-password"
            minLength={12}
            required
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        </label>
        {fault && (
          <p role="alert" className="text-risk">
            {fault}
          </p>
        )}
        <button type="submit" className={goClass}>
          {text.join}
        </button>
      </form>
    </main>
  );
}
