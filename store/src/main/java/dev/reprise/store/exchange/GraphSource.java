package dev.reprise.store.exchange;

import java.io.IOException;

/** Gives everything that a store knows. */
public interface GraphSource {
  /** Gives all of it: runs, then values, then the rest; does not finish the sink. */
  void giveTo(GraphSink sink) throws IOException;
}
