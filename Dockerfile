# One image, its role by command: node apps/api/dist/main.js, node apps/worker/dist/main.js, node tools/migrate.mjs
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/local/package.json apps/local/
COPY apps/worker/package.json apps/worker/
COPY packages/contracts/package.json packages/contracts/
COPY packages/core/package.json packages/core/
COPY packages/executors/package.json packages/executors/
COPY packages/testing/package.json packages/testing/
RUN npm ci --include=dev
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/apps apps
COPY --from=build /app/packages packages
COPY --from=build /app/prisma prisma
COPY --from=build /app/tools tools
# A named volume mounted here takes this owner.
RUN mkdir -p /var/lib/proviso && chown node:node /var/lib/proviso
USER node
EXPOSE 3000
CMD ["node", "apps/api/dist/main.js"]
