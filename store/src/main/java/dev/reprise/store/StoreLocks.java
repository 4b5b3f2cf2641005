package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What processes that use one store tell each other, whether or not its database is made: who
 * computes what, who is there, who writes what a run has left ({@link ProcessClaims}). Thread-safe.
 */
final class StoreLocks implements AutoCloseable {
  /** What must be left on the disk for a writer whom nobody watches. */
  private static final long LEAST_ROOM_BYTES = 256L << 20;

  private final Path folder;
  private final ProcessClaims claims;

  // Kept, since the JDK knows a lock only as long as somebody holds its object. Ends with the
  // claims.
  private volatile ProcessClaims.Held announced;

  /**
   * @param store its folder, which is there
   */
  StoreLocks(Path store) throws IOException {
    this.folder = store;
    this.claims = new ProcessClaims(fileOf(store));
  }

  private static Path fileOf(Path store) {
    return store.resolve("claims");
  }

  /** The claim of a key; null when somebody else holds it. */
  StoreClaim tryClaim(Key key) {
    try {
      ProcessClaims.Held held = claims.tryClaim(key);
      return held == null ? null : held::close;
    } catch (IOException e) {
      throw new StoreException("the claims of the experiment store cannot be locked", e);
    }
  }

  /** Lets others see that this process uses the store, until this is closed. */
  void announcePresence() {
    try {
      claims.announcePresence();
    } catch (IOException e) {
      // Without locks nobody sees anybody, and nothing is shared before it is written.
    }
  }

  /** True when another process uses the store, or that cannot be told. */
  boolean isShared() {
    try {
      return claims.areOthersPresent();
    } catch (IOException e) {
      return true;
    }
  }

  /** See {@link RunStore#announceWriter}. */
  boolean announceWriter(long bytes) {
    try {
      // Of the file, which asks the system at once; of a FileStore all mounts are read first.
      long room = folder.toFile().getUsableSpace();
      if (room - bytes < LEAST_ROOM_BYTES) {
        return false;
      }
      announced = claims.announceWriter();
      return announced != null;
    } catch (IOException e) {
      return false;
    }
  }

  /** See {@link RunStore#awaitWriters}. */
  boolean awaitWriters(long nanos) {
    try {
      return claims.awaitWriters(nanos);
    } catch (IOException e) {
      // Without locks nobody is waited for.
      return true;
    }
  }

  /** True when the folder was removed, or emptied. */
  boolean areGone() {
    return !Files.exists(fileOf(folder));
  }

  @Override
  public void close() {
    try {
      claims.close();
    } catch (IOException e) {
      // The locks go with the process.
    }
  }
}
