-- A space is what tenants see: its graph and artifacts, and the salt of its keys. Most tenants have one of their
-- own; those who share on purpose have the same one.
CREATE TABLE space(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, salt bytea NOT NULL, last_run bigint NOT NULL DEFAULT 0);

CREATE TABLE tenant(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,
  space bigint NOT NULL REFERENCES space, quota_bytes bigint NOT NULL, artifact_bytes bigint NOT NULL DEFAULT 0,
  created bigint NOT NULL);

-- Of a token only its SHA-256 is kept. Times in milliseconds since 1970.
CREATE TABLE token(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant bigint NOT NULL REFERENCES tenant,
  hash bytea NOT NULL UNIQUE, label text NOT NULL, created bigint NOT NULL, expires bigint NOT NULL, revoked bigint);

CREATE TABLE run(
  space bigint NOT NULL REFERENCES space, id bigint NOT NULL, tenant bigint NOT NULL REFERENCES tenant,
  username text NOT NULL, host text NOT NULL, script text NOT NULL, arguments text NOT NULL, version text NOT NULL,
  started bigint NOT NULL, seconds double precision, status text, PRIMARY KEY(space, id));

CREATE TABLE vertex(
  space bigint NOT NULL, key bytea NOT NULL, operation text NOT NULL, cost_nanos bigint NOT NULL,
  bytes bigint NOT NULL, frequency bigint NOT NULL, first_run bigint NOT NULL, last_run bigint NOT NULL,
  PRIMARY KEY(space, key));

CREATE TABLE edge(
  space bigint NOT NULL, child bytea NOT NULL, position integer NOT NULL, parent bytea NOT NULL,
  PRIMARY KEY(space, child, position));

-- charged: bytes that count against the tenant's quota; of artifacts that share a content one is charged.
CREATE TABLE artifact(
  space bigint NOT NULL, key bytea NOT NULL, vertex bytea NOT NULL, hash bytea NOT NULL, bytes bigint NOT NULL,
  cost_nanos bigint NOT NULL, content bytea, run bigint NOT NULL, uses bigint NOT NULL, last_run bigint NOT NULL,
  tenant bigint NOT NULL REFERENCES tenant, charged bigint NOT NULL, PRIMARY KEY(space, key));
CREATE INDEX artifact_of_hash ON artifact(space, hash);
CREATE INDEX artifact_of_tenant ON artifact(tenant);

CREATE TABLE region(
  space bigint NOT NULL, key bytea NOT NULL, record bytea NOT NULL, cost_nanos bigint NOT NULL,
  run bigint NOT NULL, last_run bigint NOT NULL, PRIMARY KEY(space, key));

CREATE TABLE trace(
  space bigint NOT NULL, run bigint NOT NULL, name text NOT NULL, key bytea NOT NULL, text bytea NOT NULL,
  PRIMARY KEY(space, run, name));

CREATE TABLE score(
  space bigint NOT NULL, run bigint NOT NULL, name text NOT NULL, key bytea, value double precision NOT NULL,
  PRIMARY KEY(space, run, name));
