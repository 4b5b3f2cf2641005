package dev.reprise.runtime;

import java.util.List;

/**
 * Whether the Java heap has room for the columns of a frame, before they are made: a number of rows
 * that a script asks for should end with its own name, not with a full heap.
 */
public final class FrameRoom {
  private FrameRoom() {}

  /**
   * Complains when the columns alone take more than the whole heap. Texts are counted as references
   * of four bytes.
   *
   * @param asked who asks for the rows, as the beginning of a message
   * @param rows number of rows
   * @param schema types of the columns
   * @param remedy the option to lower
   * @throws ResourceException when they do
   */
  public static void check(String asked, long rows, List<ColumnType> schema, String remedy) {
    long rowBytes = schema.stream().mapToLong(FrameRoom::cellBytes).sum();
    long heapBytes = Runtime.getRuntime().maxMemory();
    if (rowBytes > 0 && rows > heapBytes / rowBytes) {
      throw new ResourceException(
          asked
              + " "
              + rows
              + " rows and "
              + schema.size()
              + " columns; they take "
              + (rows * rowBytes >> 20)
              + " MiB, more than the Java heap of "
              + (heapBytes >> 20)
              + " MiB; lower "
              + remedy
              + ", or give more with REPRISE_JAVA_OPTS=-Xmx...");
    }
  }

  private static int cellBytes(ColumnType type) {
    return switch (type.storage()) {
      case STRING -> 4;
      case DOUBLE, INTEGER -> 8;
      case BOOLEAN -> 1;
    };
  }
}
