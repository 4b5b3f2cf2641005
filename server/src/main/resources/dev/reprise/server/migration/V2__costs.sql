-- What computing a value took by itself on devices of one class: how often that was measured, and the mean.
CREATE TABLE cost(
  space bigint NOT NULL, vertex bytea NOT NULL, device text NOT NULL, count bigint NOT NULL, nanos bigint NOT NULL,
  PRIMARY KEY(space, vertex, device));
