package dev.reprise.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON lines into a frame: one object per line, one column per key in the order in which keys
 * first appear. The members of an object within an object become columns {@code outer.inner}; an
 * array stays as its text. A key that a line lacks, or null, is a missing cell.
 */
final class JsonLinesReader {
  private static final JsonFactory JSON = new JsonFactory();

  private final ReadSettings settings;
  private final List<TextBlock> blocks;
  private final Map<String, Column> columns = new LinkedHashMap<>();
  private int rows;

  JsonLinesReader(ReadSettings settings, List<TextBlock> blocks) {
    this.settings = settings;
    this.blocks = blocks;
  }

  /** The cells of a key, and which kinds of value they were. */
  private static final class Column {
    private String[] cells = {};
    private int filled;
    private boolean text;
    private boolean truth;
    private boolean fraction;
    private boolean whole;

    void put(int row, String cell) {
      if (row >= cells.length) {
        cells = Arrays.copyOf(cells, Math.max(16, Math.addExact(row, (row >> 1) + 1)));
      }
      filled += cells[row] == null ? 1 : 0;
      cells[row] = cell;
    }

    String[] cells(int rows) {
      return Arrays.copyOf(cells, rows);
    }

    /** The narrowest type that holds all values; gaps make whole numbers doubles. */
    ColumnType type(int rows) {
      boolean number = whole || fraction;
      if (text || truth && number || !truth && !number) {
        return ColumnType.STRING;
      }
      if (truth) {
        return filled == rows ? ColumnType.BOOLEAN : ColumnType.STRING;
      }
      return fraction || filled < rows ? ColumnType.DOUBLE : ColumnType.INTEGER;
    }
  }

  Frame read() {
    for (TextBlock block : blocks) {
      byte[] bytes = block.load();
      int at = 0;
      while (at < bytes.length) {
        int end = at;
        while (end < bytes.length && bytes[end] != '\n') {
          end++;
        }
        if (!new String(bytes, at, end - at, StandardCharsets.ISO_8859_1).isBlank()) {
          readLine(block, bytes, at, end);
          rows = Math.addExact(rows, 1);
        }
        at = end + 1;
      }
    }
    return finish();
  }

  private void readLine(TextBlock block, byte[] bytes, int from, int end) {
    try (JsonParser parser = JSON.createParser(bytes, from, end - from)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw block.problem(
            bytes, from, "each line of jsonl is one JSON object such as {\"name\": \"x\", ...}");
      }
      readObject("", parser, bytes, from);
      if (parser.nextToken() != null) {
        int at = from + (int) parser.currentTokenLocation().getByteOffset();
        throw block.problem(bytes, at, "nothing more is due after the object on this line");
      }
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 0 : (int) e.getLocation().getByteOffset();
      throw block.problem(
          bytes, from + Math.max(0, column), "the line is not valid JSON: " + JsonMistake.words(e));
    } catch (IOException e) {
      throw FileProblems.reading(block.file(), e);
    }
  }

  private void readObject(String prefix, JsonParser parser, byte[] bytes, int from)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = prefix + parser.currentName();
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_OBJECT) {
        readObject(name + ".", parser, bytes, from);
      } else {
        readCell(columns.computeIfAbsent(name, n -> new Column()), token, parser, bytes, from);
      }
    }
  }

  private void readCell(Column column, JsonToken token, JsonParser parser, byte[] bytes, int from)
      throws IOException {
    switch (token) {
      case VALUE_NULL -> {}
      case VALUE_TRUE, VALUE_FALSE -> {
        column.truth = true;
        column.put(rows, parser.getText());
      }
      case VALUE_NUMBER_INT -> {
        String digits = parser.getText();
        column.fraction |= digits.length() > 18;
        column.whole = true;
        column.put(rows, digits);
      }
      case VALUE_NUMBER_FLOAT -> {
        column.fraction = true;
        column.put(rows, parser.getText());
      }
      case START_ARRAY -> {
        int start = from + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int end = from + (int) parser.currentLocation().getByteOffset();
        column.text = true;
        column.put(rows, new String(bytes, start, end - start, StandardCharsets.UTF_8));
      }
      default -> {
        column.text = true;
        column.put(rows, parser.getText());
      }
    }
  }

  private Frame finish() {
    if (columns.isEmpty() && settings.cols() > 0) {
      Frame.defaultNames(Math.toIntExact(settings.cols()))
          .forEach(name -> columns.put(name, new Column()));
    }
    settings.checkShape(rows, columns.size());
    boolean stated =
        settings.schema() != null && !Schemas.DETECT.equalsIgnoreCase(settings.schema());
    List<ColumnType> types = new ArrayList<>();
    if (stated) {
      types.addAll(Schemas.parse(settings.schema(), columns.size(), settings.file()));
    } else {
      columns.values().forEach(column -> types.add(column.type(rows)));
    }
    List<Object> arrays = new ArrayList<>();
    for (Column column : columns.values()) {
      int c = arrays.size();
      String[] cells = column.cells(rows);
      if (types.get(c) == ColumnType.DOUBLE) {
        Arrays.setAll(cells, r -> cells[r] == null ? "NaN" : cells[r]);
      }
      arrays.add(FrameTexts.typed(cells, types.get(c), c, settings));
    }
    return new Frame(rows, List.copyOf(columns.keySet()), types, arrays);
  }
}
