-- What was answered to a request that changed the graph, written with the change: who asks a second time, since
-- the answer was lost, is told the same. Times in milliseconds since 1970; old ones go.
CREATE TABLE answered(
  tenant bigint NOT NULL REFERENCES tenant, session text NOT NULL, request bigint NOT NULL, reply bytea NOT NULL,
  at bigint NOT NULL, PRIMARY KEY(tenant, session, request));
CREATE INDEX answered_at ON answered(tenant, at);
