import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { VARIABLES } from '@proviso/core';
import { ScaledObject, TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import { parse, parseAllDocuments } from 'yaml';

const ROOT = path.resolve(__dirname, '../../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const withSources = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? `${folder}/${entry.name}` : [],
  );

describe('the Dockerfile', () => {
  const stages = read('Dockerfile').split(/^FROM /m);
  const last = stages.at(-1) ?? '';

  it('copies every manifest before it installs, so that a change of sources keeps the layer of dependencies', () => {
    const parts = [...withSources('apps'), ...withSources('packages')];
    const manifests = stages.find((stage) => stage.includes('AS manifests')) ?? '';
    expect(parts.filter((part) => !manifests.includes(`COPY ${part}/package.json ${part}/\n`))).toEqual([]);
    expect(manifests).toContain('.npmrc');
    expect(read('.npmrc')).toContain('ignore-scripts=true');
  });

  it('copies the build of every package that the api and the worker import', () => {
    const parts = ['apps/api', 'apps/worker'];
    for (const part of parts) {
      const { dependencies = {} } = JSON.parse(read(`${part}/package.json`)) as { dependencies?: object };
      const ours = Object.keys(dependencies).flatMap((name) => name.match(/^@proviso\/(.+)/)?.[1] ?? []);
      parts.push(...ours.map((name) => `packages/${name}`).filter((found) => !parts.includes(found)));
    }
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.filter((part) => !last.includes(`/app/${part}/dist ${part}/dist\n`))).toEqual([]);
  });

  it('installs no development, peer or optional dependencies, lists what it has, and does not run as root', () => {
    expect(last).toMatch(/npm ci --omit=dev --omit=optional --omit=peer/);
    expect(last).toMatch(/^RUN node tools\/sbom\.mjs/m);
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK [^]*\/readyz/m);
  });
});

describe('docker-compose.yml', () => {
  interface Service {
    image?: string;
    read_only?: boolean;
    environment?: Record<string, string>;
    deploy?: { replicas: number };
    stop_grace_period?: string;
    depends_on?: Record<string, { condition: string }>;
    healthcheck?: object;
  }
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };

  it('runs two apis behind a proxy, and three workers, after the migration', () => {
    expect([services.api?.deploy?.replicas, services.worker?.deploy?.replicas]).toEqual([2, 3]);
    for (const part of [services.api, services.worker]) {
      expect(part?.depends_on?.migrate?.condition).toBe('service_completed_successfully');
      expect(part?.healthcheck).toBeDefined();
      expect(part?.stop_grace_period).toBe('75s');
    }
    expect(services.proxy?.depends_on).toHaveProperty('api');
  });

  it('gives our processes a read-only root, and only variables that exist', () => {
    const ours = Object.values(services).filter(({ image }) => image === 'proviso');
    expect(ours).toHaveLength(3);
    expect(ours.filter((part) => !part.read_only)).toEqual([]);
    const names = ours.flatMap(({ environment }) => Object.keys(environment ?? {}));
    expect(names.filter((name) => name.startsWith('PROVISO_') && !VARIABLES.includes(name))).toEqual([]);
  });

  it('has Prometheus find the ports where the processes serve their metrics', () => {
    const { scrape_configs: [job] = [] } = parse(read('ops/prometheus/prometheus.yml')) as {
      scrape_configs?: { dns_sd_configs: { names: string[]; port: number }[] }[];
    };
    const found = Object.fromEntries(job?.dns_sd_configs.map(({ names, port }) => [names[0], String(port)]) ?? []);
    expect(found).toEqual({
      api: services.api?.environment?.PROVISO_METRICS_PORT,
      worker: services.worker?.environment?.PROVISO_WORKER_PORT,
    });
  });
});

describe('ops/k8s', () => {
  interface Manifest {
    kind: string;
    metadata: { name: string };
    spec: { template?: IPodTemplateSpec; minReplicaCount?: number };
  }
  const kustomization = parse(read('ops/k8s/kustomization.yaml')) as { resources: string[] };
  const manifests = kustomization.resources.flatMap((file) =>
    parseAllDocuments(read(`ops/k8s/${file}`)).map((document) => document.toJS() as Manifest),
  );
  const KINDS = {
    Deployment,
    Job,
    Namespace,
    NetworkPolicy,
    PodDisruptionBudget,
    ScaledObject,
    Service,
    TriggerAuthentication,
  };
  const named = manifests.map((manifest): [string, Manifest] => [
    `${manifest.kind} ${manifest.metadata.name}`,
    manifest,
  ]);
  const pods = named.filter(([, { spec }]) => spec?.template);
  const find = (name: string): Manifest => Object.fromEntries(named)[name] as Manifest;

  it.each(named)('has a valid %s', (_, manifest) => {
    const Kind = KINDS[manifest.kind as keyof typeof KINDS] as new (data: never) => { validate(): void };
    expect(() => new Kind(manifest as never).validate()).not.toThrow();
  });

  it('would not accept a field of the wrong kind, or a missing one', () => {
    const { spec, ...rest } = structuredClone(find('Deployment proviso-api'));
    const wrong = (change: object): Deployment => new Deployment({ ...rest, spec: { ...spec, ...change } } as never);
    expect(() => wrong({ replicas: 'two' }).validate()).toThrow(/replicas/);
    expect(() => wrong({ selector: undefined }).validate()).toThrow(/selector/);
  });

  it('lists every file of its folder', () => {
    const files = readdirSync(path.join(ROOT, 'ops/k8s')).filter((file) => file !== 'kustomization.yaml');
    expect(files.toSorted()).toEqual(kustomization.resources.toSorted());
  });

  it.each(pods)('gives %s no root, no privileges, a read-only file system and a limit of memory', (_, { spec }) => {
    const pod = spec.template?.spec;
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod?.automountServiceAccountToken).toBe(false);
    for (const { securityContext, resources } of pod?.containers ?? []) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources).toMatchObject({
        requests: { cpu: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
    }
  });

  it.each(['api', 'worker'])('probes the %s on a port that it serves, and gives it time to stop', (role) => {
    const pod = find(`Deployment proviso-${role}`).spec.template?.spec;
    const [container] = pod?.containers ?? [];
    const env = Object.fromEntries(container?.env?.map(({ name, value }) => [name, value]) ?? []);
    const served = role === 'api' ? env.PORT : env.PROVISO_WORKER_PORT;
    const ports: Record<string, number> = Object.fromEntries(
      container?.ports?.map(({ name, containerPort }): [string, number] => [name ?? '', containerPort]) ?? [],
    );
    const probed = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe].map(
      (probe) => `${probe?.httpGet?.path} ${ports[probe?.httpGet?.port ?? '']}`,
    );
    expect(probed).toEqual([`/readyz ${served}`, `/readyz ${served}`, `/livez ${served}`]);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(65 + 5);
    expect(Object.keys(env).filter((name) => name.startsWith('PROVISO_') && !VARIABLES.includes(name))).toEqual([]);
  });

  it('never scales the workers to zero, because they sweep', () => {
    expect(find('ScaledObject proviso-worker').spec.minReplicaCount).toBeGreaterThanOrEqual(1);
  });
});

describe('ops/systemd', () => {
  it.each(['proviso-api.service', 'proviso-worker@.service'])('hardens %s, and restarts it', (file) => {
    const unit: Record<string, string> = Object.fromEntries(
      [...read(`ops/systemd/${file}`).matchAll(/^(\w+)=(.*)$/gm)].map(([, ...pair]) => pair),
    );
    expect(unit).toMatchObject({
      User: 'proviso',
      Restart: 'always',
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      CapabilityBoundingSet: '',
    });
    expect(unit).not.toHaveProperty('MemoryDenyWriteExecute'); // Node compiles JavaScript
    expect(unit.ExecStart).toMatch(/^\/usr\/bin\/node apps\/(api|worker)\/dist\/main\.js$/);
    expect(Number(unit.TimeoutStopSec)).toBeGreaterThanOrEqual(70);
  });
});

describe('ops/nginx and ops/caddy', () => {
  it('send events on at once, and limit no stream that is alive', () => {
    expect(read('ops/nginx/proviso.conf')).toMatch(/proxy_buffering off;[^]*proxy_read_timeout 120s;/);
    expect(read('ops/caddy/Caddyfile')).toMatch(/flush_interval -1/);
  });

  it('replace the address that the client claims', () => {
    expect(read('ops/nginx/proviso.conf')).toContain('proxy_set_header X-Forwarded-For $remote_addr;');
  });
});
