package dev.reprise.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A content that lies in pieces of its columns, to be put together where its cells are to be. */
public interface TableContent {
  /** What stands before the cells; not to be changed. */
  byte[] header();

  /**
   * Fills a segment with all cells, row by row. They are to be compared with their fingerprint.
   *
   * @throws java.nio.file.NoSuchFileException when a piece is gone
   * @throws IOException when one cannot be read
   */
  void cellsInto(MemorySegment cells) throws IOException;
}
