# One image, its role by command: node apps/api/dist/main.js, node apps/worker/dist/main.js, node tools/migrate.mjs.
# .npmrc has ignore-scripts, so no dependency runs a script. node tools/try-image.mjs runs these steps without Docker.
FROM node:20-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/inbox/package.json apps/inbox/
COPY apps/local/package.json apps/local/
COPY apps/worker/package.json apps/worker/
COPY packages/cli/package.json packages/cli/
COPY packages/contracts/package.json packages/contracts/
COPY packages/core/package.json packages/core/
COPY packages/executors/package.json packages/executors/
COPY packages/local-server/package.json packages/local-server/
COPY packages/metrics/package.json packages/metrics/
COPY packages/sdk/package.json packages/sdk/
COPY packages/testing/package.json packages/testing/
COPY packages/tracing/package.json packages/tracing/

FROM manifests AS build
RUN npm ci --include=dev
COPY . .
RUN npm run build

# What api, worker and tools/migrate.mjs load: no build tools, no agent frameworks, no embedded PostgreSQL.
FROM manifests
# Without the limit, V8 lets the heap grow to several times what is in use before it collects.
ENV NODE_ENV=production NODE_OPTIONS=--max-old-space-size=512
RUN npm ci --omit=dev --omit=optional --omit=peer --include-workspace-root -w apps/api -w apps/worker && npm cache clean --force
COPY --from=build /app/packages/contracts/dist packages/contracts/dist
COPY --from=build /app/packages/core/dist packages/core/dist
COPY --from=build /app/packages/executors/dist packages/executors/dist
COPY --from=build /app/packages/metrics/dist packages/metrics/dist
COPY --from=build /app/packages/tracing/dist packages/tracing/dist
COPY --from=build /app/apps/api/dist apps/api/dist
COPY --from=build /app/apps/inbox/dist apps/inbox/dist
COPY --from=build /app/apps/worker/dist apps/worker/dist
COPY --from=build /app/prisma prisma
COPY --from=build /app/tools tools
# What is installed here, as CycloneDX: docker run --rm proviso cat sbom.cdx.json
RUN node tools/sbom.mjs > sbom.cdx.json
# A named volume mounted here takes this owner. Nothing else is written, so the root file system can be read-only.
RUN mkdir -p /var/lib/proviso && chown node:node /var/lib/proviso
USER node
# The API; a worker's probes and metrics; the metrics of an api.
EXPOSE 3000 3001 9464
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s --retries=12 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PROVISO_WORKER_PORT || process.env.PORT || 3000}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]
