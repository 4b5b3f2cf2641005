package dev.reprise.formats;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;

/** A channel that may take all cells of a matrix at once, in whatever order it likes. */
public interface CellsOutput extends WritableByteChannel {
  /** Asked once the header of a dense matrix has been written; false to have its bytes in order. */
  boolean takesCells(long rows, long columns, int cellBytes);

  /** Takes the cells, row by row. */
  void cells(MemorySegment cells, long rows, int columns, int cellBytes) throws IOException;
}
