# The server and its command line. Everything is read-only but /data (SQLite, generated key, mails) and /tmp.
FROM node:24-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
# The image has Node already, which the npm package would bring again.
RUN npm ci --omit=dev && rm -rf node_modules/node node_modules/.bin/node

FROM node:24-slim
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/node \
    DATA_DIR=/data \
    MANAGEMENT_HOST=0.0.0.0
WORKDIR /app
RUN install --directory --owner=node --group=node /data
COPY --from=modules /app/node_modules node_modules
COPY package.json ./
COPY config config
COPY src src
USER node
VOLUME /data
# 9464 is for the operator only: do not publish it.
EXPOSE 8000 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=25", "src/main.ts"]
