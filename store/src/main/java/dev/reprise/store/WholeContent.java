package dev.reprise.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A content that came as a whole, to be cut as if a run had written it. Of its form only the header
 * of a dense matrix is known here: {@code 'M' 1(4) cellBytes(4) rows(8) columns(8) bytes(8)},
 * little-endian; whatever does not fit is cut as bytes, or not at all.
 */
public final class WholeContent {
  private static final int HEADER = 33;
  private static final int DENSE = 1;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private WholeContent() {}

  /** Writes a file into pieces; false when it is to stay whole. */
  public static boolean cut(Path file, PieceWriter pieces) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment all = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      if (isTable(all)) {
        pieces.table(
            all.asSlice(0, HEADER).toArray(ValueLayout.JAVA_BYTE),
            all.asSlice(HEADER),
            all.get(LONG, 9),
            (int) all.get(LONG, 17),
            all.get(INT, 5));
        return true;
      }
      return ContentOutput.cut(all, pieces);
    }
  }

  private static boolean isTable(MemorySegment all) {
    if (all.byteSize() < HEADER
        || all.get(ValueLayout.JAVA_BYTE, 0) != 'M'
        || all.get(INT, 1) != DENSE) {
      return false;
    }
    long rows = all.get(LONG, 9);
    long columns = all.get(LONG, 17);
    int cellBytes = all.get(INT, 5);
    boolean sane =
        (cellBytes == Integer.BYTES || cellBytes == Long.BYTES)
            && rows > 0
            && columns > 0
            && columns <= Integer.MAX_VALUE
            && rows <= all.byteSize() / cellBytes
            && columns <= all.byteSize() / cellBytes / rows;
    return sane
        && rows * columns * cellBytes == all.byteSize() - HEADER
        && PieceWriter.takesTable(rows, columns, cellBytes);
  }
}
