# ecmpd in a small image. Build:  docker build -t ecmpd .
#
# As monitor or test peer (no routes into the kernel), without root:
#   docker run --rm -p 179:1790 -v ./monitor.yaml:/etc/ecmpd/ecmpd.yaml:ro ecmpd --listen 0.0.0.0:1790
# As the switch, on the host's network and its kernel:
#   docker run -d --name ecmpd --network host --user 0 --cap-drop ALL --cap-add NET_ADMIN --cap-add NET_BIND_SERVICE \
#     -v ./switch.yaml:/etc/ecmpd/ecmpd.yaml:ro ecmpd --fib
FROM node:22-alpine AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && rm -f dist/.tsbuildinfo && npm prune --omit=dev

FROM node:22-alpine
# iproute2 and not busybox's ip: next-hop objects, JSON output and -batch are needed.
RUN apk add --no-cache iproute2 tini \
  && addgroup -S ecmpd && adduser -S -D -H -G ecmpd ecmpd \
  # For root without CAP_DAC_OVERRIDE, too, as which the switch above runs.
  && install -d -o ecmpd -g root -m 0770 /run/ecmpd && install -d -m 0755 /etc/ecmpd \
  && rm -rf /usr/local/lib/node_modules/npm /usr/local/bin/npm /usr/local/bin/npx /opt/yarn-*
COPY --from=build /src/package.json /opt/ecmpd/package.json
COPY --from=build /src/node_modules /opt/ecmpd/node_modules
COPY --from=build /src/dist /opt/ecmpd/dist
COPY config /opt/ecmpd/config
RUN ln -s /opt/ecmpd/dist/cli/main.js /usr/local/bin/ecmpd
USER ecmpd
EXPOSE 179 9179
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["ecmpd", "show", "version"]
# tini reaps the `ip` children and passes signals on.
ENTRYPOINT ["/sbin/tini", "--", "ecmpd", "run", "-c", "/etc/ecmpd/ecmpd.yaml", "--log-format", "json"]
