package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads frames that SystemDS wrote in its binary format: blocks of rows in sequence files. The
 * layout was found by looking at files that SystemDS 3.3.0 writes. Kinds of columns that were not
 * seen are refused.
 *
 * <pre>
 *   key:    first row (8, from 1)
 *   value:  rows (4) | columns (4) | 1 when names are the usual ones | columns
 *   column: type (1) | unless usual: name, count (8), text for missing | array
 *   array:  kind (1): 0 texts after 8 bytes, 1 booleans, 2 bits, 3 int, 4 long, 5 float, 6 double
 *   text:   length (2) | UTF-8; an empty one is a missing cell
 * </pre>
 */
final class BlockFrameReader {
  private final ReadSettings settings;
  private List<String> names;
  private List<ColumnType> types;

  BlockFrameReader(ReadSettings settings) {
    this.settings = settings;
  }

  Frame frame() {
    Map<Long, List<Object>> blocks = new TreeMap<>();
    for (Path part : settings.data().parts()) {
      SequenceFile file = new SequenceFile(part);
      file.read(
          "FrameBlock",
          (key, value) -> blocks.put(key.getLong(), new Block(file, value).columns()));
    }
    if (blocks.isEmpty()) {
      throw new FormatException(settings.file(), "the file holds no rows");
    }
    List<Object> columns = new ArrayList<>();
    long rows = 1;
    for (int c = 0; c < types.size(); c++) {
      Object column = empty(types.get(c));
      rows = 1;
      for (Map.Entry<Long, List<Object>> block : blocks.entrySet()) {
        if (block.getKey() != rows || block.getValue().size() != types.size()) {
          throw new FormatException(settings.file(), "rows are missing from row " + rows + " on");
        }
        column = joined(column, block.getValue().get(c));
        rows = 1 + Array.getLength(column);
      }
      columns.add(column);
    }
    settings.checkShape(rows - 1, types.size());
    return new Frame(rows - 1, names, types, columns);
  }

  private static Object empty(ColumnType type) {
    return switch (type.storage()) {
      case STRING -> new String[0];
      case DOUBLE -> new double[0];
      case INTEGER -> new long[0];
      case BOOLEAN -> new boolean[0];
    };
  }

  private static Object joined(Object before, Object more) {
    int from = Array.getLength(before);
    int count = Array.getLength(more);
    Object all = Array.newInstance(before.getClass().getComponentType(), from + count);
    System.arraycopy(before, 0, all, 0, from);
    System.arraycopy(more, 0, all, from, count);
    return all;
  }

  /** One block of rows. */
  private final class Block {
    private final SequenceFile file;
    private final ByteBuffer in;
    private final int rows;

    Block(SequenceFile file, ByteBuffer in) {
      this.file = file;
      this.in = in;
      this.rows = in.getInt();
    }

    List<Object> columns() {
      int cols = in.getInt();
      boolean usual = in.get() != 0;
      List<String> blockNames = new ArrayList<>();
      List<ColumnType> blockTypes = new ArrayList<>();
      List<Object> columns = new ArrayList<>();
      for (int c = 0; c < cols; c++) {
        in.get();
        blockNames.add(usual ? "C" + (c + 1) : text());
        if (!usual) {
          in.getLong();
          text();
        }
        columns.add(array());
        blockTypes.add(typeOf(columns.get(c)));
      }
      if (names == null) {
        names = blockNames;
        types = blockTypes;
      } else if (!types.equals(blockTypes)) {
        throw new FormatException(
            settings.file(), "the blocks of the frame differ in their types; write it as csv");
      }
      return columns;
    }

    private String text() {
      byte[] utf8 = new byte[Short.toUnsignedInt(in.getShort())];
      in.get(utf8);
      return new String(utf8, StandardCharsets.UTF_8);
    }

    private Object array() {
      int kind = in.get();
      return switch (kind) {
        case 0 -> texts();
        case 1 -> truths();
        case 2 -> bits();
        case 3, 4 -> wholes(kind == 3);
        case 5, 6 -> numbers(kind == 5);
        default ->
            throw new FormatException(
                settings.file(),
                "a column has an encoding of SystemDS that is not known here ("
                    + kind
                    + "); write the frame there with format=\"csv\"");
      };
    }

    private String[] texts() {
      in.getLong();
      String[] cells = new String[rows];
      for (int r = 0; r < rows; r++) {
        String cell = text();
        cells[r] = cell.isEmpty() ? null : cell;
      }
      return cells;
    }

    private boolean[] truths() {
      boolean[] cells = new boolean[rows];
      for (int r = 0; r < rows; r++) {
        cells[r] = in.get() != 0;
      }
      return cells;
    }

    private boolean[] bits() {
      if (in.getInt() != rows) {
        throw file.damaged();
      }
      long[] words = new long[in.getInt()];
      Arrays.setAll(words, w -> in.getLong());
      boolean[] cells = new boolean[rows];
      for (int r = 0; r < rows && r >> 6 < words.length; r++) {
        cells[r] = (words[r >> 6] >>> r & 1) != 0;
      }
      return cells;
    }

    private long[] wholes(boolean narrow) {
      long[] cells = new long[rows];
      for (int r = 0; r < rows; r++) {
        cells[r] = narrow ? in.getInt() : in.getLong();
      }
      return cells;
    }

    /** A float becomes the double of the same value. */
    private double[] numbers(boolean narrow) {
      double[] cells = new double[rows];
      for (int r = 0; r < rows; r++) {
        cells[r] = narrow ? in.getFloat() : in.getDouble();
      }
      return cells;
    }

    private static ColumnType typeOf(Object array) {
      return switch (array) {
        case String[] texts -> ColumnType.STRING;
        case boolean[] truths -> ColumnType.BOOLEAN;
        case long[] wholes -> ColumnType.INTEGER;
        default -> ColumnType.DOUBLE;
      };
    }
  }
}
