# The tool in an image of its own: docker build -t dr-drill . && docker run --rm -v "$PWD:/work" dr-drill run drills/my-drill.yaml
FROM node:20-slim AS build
WORKDIR /checkout
COPY . .
RUN npm ci --no-audit --no-fund && npm pack --pack-destination /tmp && \
    mkdir /package && tar --extract --gzip --file /tmp/dr-drill-*.tgz --strip-components 1 --directory /package

# No shell, no package manager, no root: node, certificates, and what the package holds.
FROM gcr.io/distroless/nodejs20-debian12:nonroot
COPY --from=build /package /dr-drill
WORKDIR /work
ENTRYPOINT ["/nodejs/bin/node", "/dr-drill/dist/main.js"]
CMD ["--help"]
