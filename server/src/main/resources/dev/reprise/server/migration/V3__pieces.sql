-- Contents that lie in pieces, by their fingerprints; those that have no row here lie whole. Artifacts
-- with such a content are charged nothing themselves (artifact.charged): their tenants are, for pieces.
CREATE TABLE layout(
  space bigint NOT NULL, hash bytea NOT NULL, recipe bytea NOT NULL, PRIMARY KEY(space, hash));

-- bytes: of the file; 0 when it was found damaged.
CREATE TABLE piece(
  space bigint NOT NULL, hash bytea NOT NULL, bytes bigint NOT NULL, PRIMARY KEY(space, hash));

-- In how many of the layouts of which a tenant has artifacts a piece stands. He is charged for its
-- bytes once, whoever else uses it.
CREATE TABLE piece_use(
  space bigint NOT NULL, piece bytea NOT NULL, tenant bigint NOT NULL REFERENCES tenant,
  layouts bigint NOT NULL, PRIMARY KEY(space, piece, tenant));
CREATE INDEX piece_use_of_tenant ON piece_use(tenant);
