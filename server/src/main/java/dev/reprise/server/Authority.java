package dev.reprise.server;

import dev.reprise.store.UnknownNameException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Tenants and their tokens. A token is 256 random bits; the database has its SHA-256 alone, so who
 * reads the database cannot ask with what he finds. Thread-safe.
 */
public final class Authority {
  /** A revoked token is good for at most so long. */
  static final long REMEMBERED_MILLIS = 1_000;

  private static final String PREFIX = "rp_";
  private static final int TOKEN_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final int MOST_REMEMBERED = 10_000;
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  private final Jdbi jdbi;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Remembered> known = new ConcurrentHashMap<>();

  private record Remembered(Tenant tenant, long expires, long until) {}

  /** What a token turned out to be. */
  enum Refusal {
    UNKNOWN("the token is not known here"),
    EXPIRED("the token has expired; 'reprise serve token create' makes a new one"),
    REVOKED("the token was revoked");

    private final String words;

    Refusal(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /**
   * @param tenant null when it is refused
   */
  record Answer(Tenant tenant, Refusal refusal) {}

  /** A token without itself. */
  public record TokenEntry(
      long id, String tenant, String label, long created, long expires, Long revoked) {}

  /**
   * A tenant, for people.
   *
   * @param space equal for those who share
   */
  public record TenantEntry(
      long id, String name, long space, long quotaBytes, long artifactBytes) {}

  Authority(Jdbi jdbi, InstantSource clock) {
    this.jdbi = jdbi;
    this.clock = clock;
  }

  // ---- tenants

  /**
   * Adds a tenant.
   *
   * @param sharesWith a tenant whose space it shares, or null for one of its own
   * @throws IllegalArgumentException when no tenant may have that name
   */
  public void createTenant(String name, long quotaBytes, String sharesWith) {
    checkName(name);
    jdbi.useTransaction(handle -> {
      if (tenantId(handle, name).isPresent()) {
        throw new ServerException("there is a tenant '" + name + "' already");
      }
      long space = sharesWith == null ? newSpace(handle) : spaceOf(handle, sharesWith);
      handle
          .createUpdate(
              "INSERT INTO tenant(name, space, quota_bytes, created)"
                  + " VALUES(:name, :space, :quota, :created)")
          .bind("name", name)
          .bind("space", space)
          .bind("quota", quotaBytes)
          .bind("created", clock.millis())
          .execute();
    });
  }

  private static void checkName(String name) {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          "a tenant's name has at most 64 letters, digits, '.', '_', '-', the first one a letter or"
              + " digit; found '"
              + name
              + "'");
    }
  }

  private long newSpace(Handle handle) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return handle
        .createQuery("INSERT INTO space(salt) VALUES(:salt) RETURNING id")
        .bind("salt", salt)
        .mapTo(Long.class)
        .one();
  }

  private static long spaceOf(Handle handle, String tenant) {
    return handle
        .createQuery("SELECT space FROM tenant WHERE name = :name")
        .bind("name", tenant)
        .mapTo(Long.class)
        .findOne()
        .orElseThrow(() -> noTenant(tenant));
  }

  private static Optional<Long> tenantId(Handle handle, String name) {
    return handle
        .createQuery("SELECT id FROM tenant WHERE name = :name")
        .bind("name", name)
        .mapTo(Long.class)
        .findOne();
  }

  private static UnknownNameException noTenant(String name) {
    return new UnknownNameException(
        "there is no tenant '" + name + "'; 'reprise serve tenant list' shows which there are");
  }

  public void changeQuota(String name, long quotaBytes) {
    int changed =
        jdbi.withHandle(handle ->
            handle
                .createUpdate("UPDATE tenant SET quota_bytes = :quota WHERE name = :name")
                .bind("quota", quotaBytes)
                .bind("name", name)
                .execute());
    if (changed == 0) {
      throw noTenant(name);
    }
  }

  public List<TenantEntry> tenants() {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT id, name, space, quota_bytes, artifact_bytes FROM tenant ORDER BY name")
            .map((row, _) ->
                new TenantEntry(
                    row.getLong(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)))
            .list());
  }

  // ---- tokens

  /** A new token, which is shown once and kept nowhere. */
  public String createToken(String tenant, String label, Duration life) {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    long now = clock.millis();
    jdbi.useHandle(handle ->
        handle
            .createUpdate(
                "INSERT INTO token(tenant, hash, label, created, expires)"
                    + " VALUES(:tenant, :hash, :label, :created, :expires)")
            .bind("tenant", tenantId(handle, tenant).orElseThrow(() -> noTenant(tenant)))
            .bind("hash", hashOf(token))
            .bind("label", label)
            .bind("created", now)
            .bind("expires", Math.addExact(now, life.toMillis()))
            .execute());
    return token;
  }

  /**
   * All tokens, or those of one tenant; the latest first.
   *
   * @throws UnknownNameException when there is no such tenant
   */
  public List<TokenEntry> tokens(String tenantOrNull) {
    return jdbi.withHandle(handle -> {
      if (tenantOrNull != null && tenantId(handle, tenantOrNull).isEmpty()) {
        throw noTenant(tenantOrNull);
      }
      return handle
          .createQuery(
              "SELECT t.id, n.name, t.label, t.created, t.expires, t.revoked FROM token t JOIN"
                  + " tenant n ON n.id = t.tenant WHERE CAST(:name AS text) IS NULL OR n.name ="
                  + " :name ORDER BY t.id DESC")
          .bind("name", tenantOrNull)
          .map((row, _) ->
              new TokenEntry(
                  row.getLong(1),
                  row.getString(2),
                  row.getString(3),
                  row.getLong(4),
                  row.getLong(5),
                  row.getObject(6, Long.class)))
          .list();
    });
  }

  /** Ends a token, by its number. */
  public void revoke(long id) {
    int changed =
        jdbi.withHandle(handle ->
            handle
                .createUpdate("UPDATE token SET revoked = :now WHERE id = :id AND revoked IS NULL")
                .bind("now", clock.millis())
                .bind("id", id)
                .execute());
    if (changed == 0) {
      throw new UnknownNameException(
          "there is no token " + id + " that is good; 'reprise serve token list' shows them");
    }
  }

  /** Whose token it is. */
  Answer tenantOf(String token) {
    byte[] hash = hashOf(token);
    String name = HexFormat.of().formatHex(hash);
    long now = clock.millis();
    Remembered remembered = known.get(name);
    if (remembered != null && now < remembered.until && now < remembered.expires) {
      return new Answer(remembered.tenant, null);
    }
    known.remove(name);
    return look(hash, name, now);
  }

  private record Row(Tenant tenant, long expires, boolean revoked) {}

  private Answer look(byte[] hash, String name, long now) {
    Optional<Row> found =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT n.id, n.name, n.space, s.salt, n.quota_bytes, t.expires, t.revoked IS"
                        + " NOT NULL FROM token t JOIN tenant n ON n.id = t.tenant JOIN space s ON"
                        + " s.id = n.space WHERE t.hash = :hash")
                .bind("hash", hash)
                .map((row, _) ->
                    new Row(
                        new Tenant(
                            row.getLong(1),
                            row.getString(2),
                            row.getLong(3),
                            Tenant.plain(row.getBytes(4)),
                            row.getLong(5)),
                        row.getLong(6),
                        row.getBoolean(7)))
                .findOne());
    if (found.isEmpty()) {
      return new Answer(null, Refusal.UNKNOWN);
    }
    Row row = found.get();
    if (row.revoked) {
      return new Answer(null, Refusal.REVOKED);
    }
    if (row.expires <= now) {
      return new Answer(null, Refusal.EXPIRED);
    }
    if (known.size() >= MOST_REMEMBERED) {
      known.clear();
    }
    known.put(name, new Remembered(row.tenant, row.expires, now + REMEMBERED_MILLIS));
    return new Answer(row.tenant, null);
  }

  private static byte[] hashOf(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
