// Whatever is invited, accepted, made, changed, removed, revoked or over, in any order: each credential reaches what a model
// of ten lines says, none makes one that reaches further, and each workspace has an owner who can sign in.
import { lowerRole, ROLES, scopesOf, type KeyKind, type Role, type Scope } from '@proviso/contracts';
import { newId, parseId } from '@proviso/core';
import fc from 'fast-check';
import { createCallerCache } from '../src/caller-cache.ts';
import { inFuture, useApi, userIdOf, type Client, type Reply, type Tenant } from './test-api.ts';

const RUNS = Number(process.env.PROVISO_CREDENTIAL_RUNS ?? 12);
const FULL = scopesOf('owner');
const NARROW: Scope[] = ['actions:read', 'workspace:admin'];

interface Credential {
  id: string;
  by: Client;
  kind: KeyKind;
  /** Whose it is, or who answers for it. */
  person: string;
  /** Of a key. */
  workspace?: string;
  role?: Role;
  decides: boolean;
  scopes: readonly Scope[];
  expires: boolean;
  ended: boolean;
  parent?: Credential;
}

class Model {
  credentials: Credential[] = [];
  /** Workspace → person → role. */
  members = new Map<string, Map<string, Role>>();

  /** The whole of it: what a credential reaches, and as what. */
  reach({ ended, kind, person, workspace, role }: Credential): Map<string, Role> {
    const reached = new Map<string, Role>();
    if (ended) return reached;
    for (const [id, people] of this.members) {
      const own = people.get(person);
      if (own && kind === 'personal') reached.set(id, own);
      if (own && id === workspace) reached.set(id, lowerRole(own, role ?? 'viewer'));
    }
    return reached;
  }

  /** The remover answers for it, and whoever was removed ends it no more. */
  keep(key: Credential, { person }: Credential): void {
    if (key.parent?.person === key.person && key.parent.kind === 'personal') delete key.parent;
    key.person = person;
  }

  end(credential: Credential, withMade: boolean): void {
    credential.ended = true;
    if (withMade) for (const made of this.credentials) if (made.parent === credential) this.end(made, true);
  }
}

type Step =
  | {
      do: 'make';
      by: number;
      at: number;
      kind: KeyKind;
      role: Role;
      decides: boolean;
      narrow: boolean;
      expires: boolean;
    }
  | { do: 'invite'; by: number; at: number; role: Role; as: number | null }
  | { do: 'change'; by: number; at: number; whom: number; role: Role }
  | { do: 'remove'; by: number; at: number; whom: number; keep: boolean }
  | { do: 'revoke'; by: number; at: number; which: number; including: boolean }
  | { do: 'expire'; which: number };

const some = fc.nat(50);
const role = fc.constantFrom(...ROLES);
const flag = fc.boolean();
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('make' as const),
      by: some,
      at: some,
      kind: fc.constantFrom<KeyKind>('personal', 'workspace', 'agent'),
      role: fc.constantFrom<Role>('admin', 'reviewer', 'viewer', 'owner'),
      decides: flag,
      narrow: flag,
      expires: flag,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('invite' as const), by: some, at: some, role, as: fc.option(some) }),
  },
  fc.record({ do: fc.constant('change' as const), by: some, at: some, whom: some, role }),
  fc.record({ do: fc.constant('remove' as const), by: some, at: some, whom: some, keep: flag }),
  fc.record({ do: fc.constant('revoke' as const), by: some, at: some, which: some, including: flag }),
  fc.record({ do: fc.constant('expire' as const), which: some }),
);

describe('credentials, in any order of events', () => {
  const api = useApi({ callerCache: createCallerCache(0) }); // it changes rights in the database
  const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

  class Run {
    readonly model = new Model();
    tenants: Tenant[] = [];

    async begin(): Promise<void> {
      for (let count = 0; count < 2; count += 1) {
        const tenant = await api.tenant();
        this.tenants.push(tenant);
        const person = await userIdOf(tenant.owner);
        this.model.members.set(tenant.id, new Map([[person, 'owner']]));
        const id = (await tenant.owner.get('/v1/auth/status')).body.key_id;
        this.add({ id, by: tenant.owner, kind: 'personal', person, scopes: FULL, expires: false });
      }
    }

    add(made: Omit<Credential, 'ended' | 'decides'> & { decides?: boolean }): void {
      this.model.credentials.push({ decides: made.kind === 'personal', ...made, ended: false });
    }

    async take(given: Step): Promise<void> {
      const { credentials, members } = this.model;
      if (given.do === 'expire') {
        const credential = pick(credentials, given.which);
        if (!credential.expires) return;
        const where = { id: parseId('key', credential.id) ?? '' };
        await api.world.db.tables.api_keys.update({ where, data: { expires_at: new Date(Date.now() - 1) } });
        credential.ended = true;
        return;
      }
      const maker = pick(credentials, given.by);
      const own = [...this.model.reach(maker).keys()];
      const somewhere = pick(this.tenants, given.at); // one in five tries where it may have no business
      const at = (given.at > 10 && this.tenants.find(({ id }) => id === pick(own, given.at))) || somewhere;
      const headers = { 'X-Workspace-Id': at.id };
      const people = members.get(at.id) ?? new Map<string, Role>();
      const ask = (method: 'post' | 'patch' | 'delete', path: string, body: object): Promise<Reply> =>
        maker.by.raw(method, path, JSON.stringify(body), headers);
      switch (given.do) {
        case 'make': {
          const { kind, decides, expires, narrow } = given;
          const scopes = narrow ? NARROW : FULL;
          const bound = kind !== 'personal' && { role: given.role, ...(kind === 'workspace' && { decides }) };
          const { status, body } = await ask('post', '/v1/api-keys', {
            name: 'x',
            scopes,
            kind,
            ...bound,
            ...(kind === 'agent' && { agent_id: await at.agentId() }),
            ...(expires && !maker.expires && { expires_at: inFuture() }),
          });
          if (status !== 201) return;
          const made: Omit<Credential, 'ended'> = {
            id: body.api_key.key_id,
            by: api.with(body.token ?? ''),
            kind,
            person: maker.person,
            ...(kind !== 'personal' && { workspace: at.id, role: given.role }),
            decides: body.api_key.decides || kind === 'personal',
            scopes,
            expires: body.api_key.expires_at !== null,
            parent: maker,
          };
          this.add(made);
          this.reachesNoFurther({ ...made, ended: false }, maker);
          return;
        }
        case 'invite': {
          const guest =
            given.as === null
              ? undefined
              : pick(
                  credentials.filter(({ kind }) => kind === 'personal'),
                  given.as,
                );
          const status = guest && (await guest.by.get('/v1/auth/status')).body;
          const email = status?.user?.email ?? `${newId()}@example.com`;
          const { body } = await ask('post', '/v1/invitations', { email, role: given.role });
          if (!body.secret) return;
          this.reachesNoFurther({ ...maker, role: given.role, workspace: at.id }, maker);
          const accept = (guest?.by ?? api.with()).post('/v1/invitations/accept', { secret: body.secret, name: 'Ann' });
          const accepted = (await accept).body;
          if (!accepted.member) return;
          people.set(accepted.member.user_id, given.role);
          if (accepted.token)
            this.add({
              id: accepted.api_key.key_id,
              by: api.with(accepted.token),
              kind: 'personal',
              person: accepted.member.user_id,
              scopes: FULL,
              expires: false,
            });
          return;
        }
        case 'change': {
          const person = pick([...people.keys()], given.whom);
          const { status } = await ask('patch', `/v1/members/${person}`, { role: given.role });
          if (status === 200) people.set(person, given.role);
          return;
        }
        case 'remove': {
          const person = pick([...people.keys()], given.whom);
          const { status } = await ask('delete', `/v1/members/${person}`, { keep_keys: given.keep });
          if (status !== 200) return;
          people.delete(person);
          for (const key of credentials)
            if (key.workspace === at.id && key.person === person) {
              if (given.keep) this.model.keep(key, maker);
              else key.ended = true;
            }
          return;
        }
        case 'revoke': {
          const credential = pick(credentials, given.which);
          const body = { including_made: given.including };
          const { status } = await ask('delete', `/v1/api-keys/${credential.id}`, body);
          if (status === 200) this.model.end(credential, credential.kind !== 'personal' || given.including);
        }
      }
    }

    /** No further, no longer, and of no kind above its maker's. */
    reachesNoFurther(made: Credential, maker: Credential): void {
      const makers = this.model.reach(maker);
      for (const [id, reached] of this.model.reach(made)) {
        const own = makers.get(id);
        expect(own && ROLES.indexOf(reached) >= ROLES.indexOf(own)).toBe(true);
      }
      expect(made.scopes.every((scope) => maker.scopes.includes(scope))).toBe(true);
      expect(made.kind !== 'personal' || maker.kind === 'personal').toBe(true);
      expect(!made.decides || maker.decides).toBe(true);
      expect(made.expires || !maker.expires).toBe(true);
      expect(maker.kind).not.toBe('agent');
    }

    async holds(): Promise<void> {
      for (const credential of this.model.credentials) {
        const reached = this.model.reach(credential);
        for (const { id } of this.tenants) {
          const { status, body } = await credential.by.get('/v1/auth/status', {}, { 'X-Workspace-Id': id });
          const wanted = reached.get(id);
          expect([id, status === 200 ? body.role : undefined]).toEqual([id, wanted]);
          if (wanted) expect(body.decides).toBe(credential.decides);
        }
      }
      for (const [id, people] of this.model.members) {
        const owners = [...people].filter(([, own]) => own === 'owner').map(([person]) => person);
        const signIn = this.model.credentials.filter(
          ({ kind, person, ended, expires, scopes }) =>
            kind === 'personal' && owners.includes(person) && !ended && !expires && scopes.includes('workspace:admin'),
        );
        expect([id, signIn.length > 0]).toEqual([id, true]);
      }
    }
  }

  it('have the access that the model predicts after every step', async () => {
    let happened = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
        const run = new Run();
        await run.begin();
        for (const given of steps) {
          const before = run.model.credentials.length;
          await run.take(given);
          if (run.model.credentials.length > before) happened += 1;
          await run.holds();
        }
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 90_000 },
    );
    expect(happened).toBeGreaterThan(RUNS / 2); // or next to nothing was made
  }, 150_000);
});
