package dev.reprise.store;

import java.io.IOException;
import java.sql.SQLException;

/**
 * Something that a run adds to its store: prepared outside of the transaction, applied in it, done
 * in any case. All of that by the thread of the {@link RunWriter}.
 */
interface RunChange {
  default void prepare() throws IOException {}

  void apply(RunChanges changes) throws SQLException, IOException;

  default void done() {}

  /** A change that is worth making only if that does not take too long. */
  interface Weighed extends RunChange, WaitingOffers.Offered {
    /** What making it costs besides writing its bytes. */
    default long makingNanos() {
      return 0;
    }

    /** So many bytes of a matrix take as long to write. */
    default long writingBytes() {
      return bytes();
    }

    /** Gives up what others wait for. */
    default void postpone() {}

    /** True when others wait for it. */
    default boolean isAwaited() {
      return false;
    }
  }
}
