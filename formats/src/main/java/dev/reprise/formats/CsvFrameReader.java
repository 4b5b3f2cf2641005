package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.FrameRoom;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads csv into a frame. A field in double quotes may hold separators, line ends and doubled
 * quotes; in a column of text it keeps its quotes, as SystemDS keeps them, so that it is written
 * back as it was read.
 */
final class CsvFrameReader {
  private static final byte[] META_LINE = "#Meta".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FILLS_LINE =
      TransformMeta.MISSING_VALUES.getBytes(StandardCharsets.UTF_8);

  private final ReadSettings settings;
  private final List<TextBlock> blocks;
  private final TextPool pool = new TextPool();
  private List<String> names;
  private List<ColumnType> types;
  private List<FrameColumn> columns;
  private String[] fills;
  private byte[] header;
  // False when a name for a missing value looks like a number.
  private final boolean plainNumbers;

  CsvFrameReader(ReadSettings settings, List<TextBlock> blocks) {
    this.settings = settings;
    this.blocks = blocks;
    this.plainNumbers = !settings.missing().hidesNumbers();
  }

  Frame read() {
    for (int b = 0; b < blocks.size(); b++) {
      TextBlock block = blocks.get(b);
      byte[] bytes = block.load();
      while (hasOpenQuote(bytes) && b + 1 < blocks.size() && blocks.get(b + 1).before() != null) {
        bytes = joined(bytes, blocks.get(++b).load(), block);
      }
      read(block, bytes);
    }
    return finish();
  }

  /** An odd number of quotes: a field goes on in the next block. */
  private static boolean hasOpenQuote(byte[] bytes) {
    int quotes = 0;
    for (byte b : bytes) {
      quotes += b == '"' ? 1 : 0;
    }
    return (quotes & 1) == 1;
  }

  private static byte[] joined(byte[] bytes, byte[] more, TextBlock block) {
    if ((long) bytes.length + more.length > 1 << 30) {
      throw new FormatException(
          block.file().toString(),
          "a quoted field goes on for more than 1 GiB; a quote is missing");
    }
    byte[] all = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, all, bytes.length, more.length);
    return all;
  }

  private void read(TextBlock block, byte[] bytes) {
    CsvFields fields = new CsvFields(block, bytes, settings.separator());
    if (block.before() == null && settings.header()) {
      readHeader(bytes, fields);
    }
    while (fields.hasMore()) {
      if (fields.startsWith(FILLS_LINE)) {
        readFills(fields);
      } else if (fields.startsWith(META_LINE)) {
        fields.skipLine();
      } else if (fields.isBlankLine()
          && (columns == null ? settings.cols() != 1 : columns.size() > 1)) {
        fields.skipLine();
      } else {
        readLine(block, bytes, fields);
      }
    }
  }

  /** What stands for missing values, a field per column after the line's name. */
  private void readFills(CsvFields fields) {
    List<String> texts = new ArrayList<>();
    boolean more = true;
    while (more) {
      more = fields.next();
      String text = fields.text();
      texts.add(text.isEmpty() || text.equals("null") ? null : text);
    }
    fills = texts.subList(1, texts.size()).toArray(String[]::new);
  }

  private void readHeader(byte[] bytes, CsvFields fields) {
    if (header != null) {
      if (CsvCells.startsWith(bytes, 0, header)) {
        fields.skipLine();
      }
      return;
    }
    names = new ArrayList<>();
    boolean more = true;
    while (more) {
      more = fields.next();
      names.add(fields.isEmpty() ? "C" + (names.size() + 1) : fields.text());
    }
    header = Arrays.copyOf(bytes, fields.position());
    begin(names.size());
  }

  private void begin(int cols) {
    if (settings.cols() >= 0 && settings.cols() != cols) {
      throw new FormatException(
          settings.file(),
          settings.shapeSource() + " " + settings.cols() + " columns, the first line has " + cols);
    }
    boolean detect = Schemas.DETECT.equalsIgnoreCase(settings.schema());
    types = Schemas.parse(detect ? null : settings.schema(), cols, settings.file());
    columns = new ArrayList<>();
    for (ColumnType type : types) {
      columns.add(FrameColumn.of(type, settings.missing()));
    }
  }

  private void readLine(TextBlock block, byte[] bytes, CsvFields fields) {
    if (columns == null) {
      begin(fields.countInLine());
    }
    int lineStart = fields.position();
    boolean more = true;
    int c = 0;
    for (; more; c++) {
      more = fields.next();
      if (c < columns.size()) {
        add(block, bytes, fields, c);
      }
    }
    if (c != columns.size()) {
      throw block.problem(
          bytes,
          lineStart,
          "the line has "
              + c
              + " fields, "
              + columns.size()
              + " are expected; is the separator \""
              + new String(settings.separator(), StandardCharsets.UTF_8)
              + "\"?");
    }
  }

  private void add(TextBlock block, byte[] bytes, CsvFields fields, int c) {
    if (plainNumbers && columns.get(c).addNumber(bytes, fields.start(), fields.end())) {
      return;
    }
    String cell = fields.isEmpty() ? null : fields.pooled(pool);
    boolean named = cell != null && settings.missing().names().contains(cell);
    String expected = columns.get(c).add(cell, named);
    if (expected != null) {
      throw block.problem(
          bytes,
          fields.start(),
          "column "
              + (c + 1)
              + (names == null ? "" : " (" + names.get(c) + ")")
              + " holds \""
              + (cell == null ? "" : NumberText.shortened(cell))
              + "\" where "
              + expected
              + " is due; try value_type=\"string\", or naStrings= for missing values");
    }
  }

  /** Rows that the file lacks hold zeros and missing texts. */
  private static Object filled(Object cells, int rows) {
    return switch (cells) {
      case String[] texts when texts.length < rows -> Arrays.copyOf(texts, rows);
      case double[] numbers when numbers.length < rows -> Arrays.copyOf(numbers, rows);
      case long[] numbers when numbers.length < rows -> Arrays.copyOf(numbers, rows);
      case boolean[] truths when truths.length < rows -> Arrays.copyOf(truths, rows);
      default -> cells;
    };
  }

  private Frame finish() {
    if (columns == null && fills != null) {
      begin(fills.length);
    }
    if (columns == null) {
      if (settings.cols() < 0 || settings.rows() > 0 && settings.cols() > 0) {
        throw new FormatException(settings.file(), "the file is empty");
      }
      begin((int) settings.cols());
    }
    int found = columns.isEmpty() ? (int) Math.max(0, settings.rows()) : columns.get(0).size;
    long rows = settings.filledRows(found, columns.size());
    settings.checkShape(rows, columns.size());
    if (rows > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          settings.file(), settings.shapeSource() + " " + rows + " rows, too many for a frame");
    }
    if (rows > found) {
      FrameRoom.check(
          settings.file() + ": " + settings.shapeSource(),
          rows,
          types,
          "the number of rows (rows)");
    }
    List<Object> arrays = new ArrayList<>();
    columns.forEach(column -> arrays.add(filled(column.finish(), (int) rows)));
    List<String> columnNames = names == null ? Frame.defaultNames(columns.size()) : names;
    boolean described = fills != null && fills.length == columns.size();
    Frame frame = new Frame(rows, columnNames, types, arrays, null, described ? fills : null);
    return Schemas.DETECT.equalsIgnoreCase(settings.schema())
        ? new SchemaDetection(settings.missing()).apply(frame)
        : frame;
  }
}
