# One image for the gateway, every service and the jobs (migrate, bootstrap): the command chooses.
FROM node:24-bookworm-slim AS source
WORKDIR /app
COPY . .

FROM source AS build
RUN npm ci --no-audit --no-fund --ignore-scripts && node tools/build.mjs
RUN mkdir /built && cp --parents -r apps/*/dist libs/*/dist /built

# Optional dependencies are an embedded PostgreSQL and native accelerators: neither is needed here.
FROM source AS production
RUN npm ci --no-audit --no-fund --ignore-scripts --omit=dev --omit=optional && npm cache clean --force
RUN rm -rf apps/*/src apps/*/test libs/*/src libs/*/test tests bench
# Posters are set in two of the nine weights.
RUN find node_modules/@expo-google-fonts/noto-sans-sc -mindepth 1 -maxdepth 1 -type d ! -name 400Regular ! -name 700Bold -exec rm -r {} +
COPY --from=build /built .

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 NODE_OPTIONS=--enable-source-maps MALLOC_ARENA_MAX=2
WORKDIR /app
# A named volume takes over the owner of the folder that it is mounted on.
RUN install -d -o node -g node /data/uploads /data/credentials /data/audit
COPY --from=production /app .
USER node
EXPOSE 8080
CMD ["node", "apps/gateway/dist/main.js"]
