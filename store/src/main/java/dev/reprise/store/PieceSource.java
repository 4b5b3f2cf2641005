package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;

/** Where the pieces of contents are read. */
public interface PieceSource {
  /**
   * Reads some bytes of a piece.
   *
   * @param length of the whole piece
   * @param start of the bytes in it
   * @param into where they go, from a position on
   * @throws java.nio.file.NoSuchFileException when it is gone
   * @throws DamagedContentException when what is there cannot be a piece of that length
   */
  void read(Key hash, int length, int start, byte[] into, int from, int count) throws IOException;
}
