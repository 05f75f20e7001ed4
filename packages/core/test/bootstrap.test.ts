import { authenticate, bootstrap, newToken, recoverOwners } from '@proviso/core';
import { useWorld } from '@proviso/testing/fixtures';

describe('bootstrap', () => {
  const world = useWorld();

  it('gives the first owner a personal credential, the agent a key, and a new credential to owners who cannot sign in', async () => {
    const [apiKey, agentKey] = [newToken(), newToken()];
    const { workspaceId } = await bootstrap(world.db, { apiKey, agentKey });
    expect(await bootstrap(world.db, { apiKey, agentKey })).toMatchObject({ workspaceId, created: false });
    const [owner] = await authenticate(world.db, apiKey);
    expect(owner).toMatchObject({ kind: 'personal', workspaceId, role: 'owner', isHome: true, decides: true });
    const [agent] = await authenticate(world.db, agentKey);
    expect(agent).toMatchObject({ kind: 'agent', workspaceId, person: null, decides: false });
    expect(await recoverOwners(world.db)).toEqual([]);

    await world.db.tables.api_keys.updateMany({ where: { kind: 'personal' }, data: { revoked_at: new Date() } });
    const recovered = await recoverOwners(world.db);
    expect(recovered).toMatchObject([{ workspaceId, email: 'owner@localhost' }]);
    expect(await authenticate(world.db, recovered[0]?.token)).toMatchObject([{ kind: 'personal', role: 'owner' }]);
    expect(await recoverOwners(world.db)).toEqual([]);
  });

  it('gives instance:operate only to an owner of the first workspace', async () => {
    const { workspaceId } = await bootstrap(world.db, {});
    const tenant = await world.workspace();
    await tenant.token({});
    const { api_keys, members } = world.db.tables;
    const [first] = await members.findMany({ where: { workspace_id: workspaceId, role: 'owner' } });
    await members.updateMany({ where: { workspace_id: workspaceId }, data: { created_at: new Date() } });
    await api_keys.updateMany({ where: { kind: 'personal' }, data: { revoked_at: new Date() } });
    expect(await bootstrap(world.db, {})).toMatchObject({ workspaceId });
    const recovered = await recoverOwners(world.db);
    for (const { workspaceId: id, token } of recovered) {
      const [caller] = await authenticate(world.db, token);
      expect([id, caller?.scopes.includes('instance:operate')]).toEqual([id, id === workspaceId]);
      if (id === workspaceId) expect(caller?.person?.id).toBe(first?.user_id);
    }
    expect(recovered.map(({ workspaceId: id }) => id)).toContain(tenant.id);
  });

  it('makes an old owner’s token personal, and leaves a revoked one revoked', async () => {
    const token = newToken();
    await bootstrap(world.db, { apiKey: token });
    const { api_keys } = world.db.tables;
    const [caller] = await authenticate(world.db, token);
    const old = {
      kind: 'workspace',
      workspace_id: caller?.workspaceId ?? '',
      role: 'admin',
      made_by_person_id: caller?.person?.id ?? '',
      person_id: null,
      home_workspace_id: null,
    };
    await api_keys.update({ where: { id: caller?.tokenId ?? '' }, data: old });
    await bootstrap(world.db, { apiKey: token });
    expect(await authenticate(world.db, token)).toMatchObject([{ kind: 'personal', role: 'owner' }]);
    await api_keys.update({ where: { id: caller?.tokenId ?? '' }, data: { revoked_at: new Date() } });
    await bootstrap(world.db, { apiKey: token });
    await expect(authenticate(world.db, token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
