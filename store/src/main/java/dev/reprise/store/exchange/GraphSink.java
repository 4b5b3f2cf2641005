package dev.reprise.store.exchange;

import java.io.IOException;
import java.io.InputStream;

/** Takes everything that a store knows; for one thread. */
public interface GraphSink {
  /** Where the bytes of a content come from; whoever opens it closes it. */
  interface Opening {
    InputStream open() throws IOException;
  }

  /** Takes a change; runs come before what belongs to them. */
  void take(GraphChange change) throws IOException;

  /**
   * Takes an artifact whose content is in a file.
   *
   * @param content not opened when it is not needed
   */
  void take(GraphChange.Kept kept, Opening content) throws IOException;

  /** All was given. */
  void finish() throws IOException;
}
