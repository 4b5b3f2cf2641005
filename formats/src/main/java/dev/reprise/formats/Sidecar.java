package dev.reprise.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The JSON file {@code f.mtd} beside a data file {@code f}: what the data file cannot say itself.
 * Keys and values are those of SystemDS; unknown keys are ignored. A null or -1 was not stated.
 *
 * @param schema column types of a frame, comma-separated
 * @param rowsInBlock rows of a block in binary files of SystemDS
 * @param colsInBlock columns of a block in binary files of SystemDS
 */
record Sidecar(
    String dataType,
    String valueType,
    String schema,
    long rows,
    long cols,
    long nnz,
    String format,
    Boolean header,
    String separator,
    String description,
    long rowsInBlock,
    long colsInBlock) {

  private static final JsonFactory JSON = new JsonFactory();

  /** States nothing; stands for a sidecar that does not exist. */
  static Sidecar none() {
    return new Sidecar(null, null, null, -1, -1, -1, null, null, null, null, -1, -1);
  }

  /** The sidecar's place beside a data file or folder. */
  static Path pathFor(Path data) {
    return data.resolveSibling(data.getFileName() + ".mtd");
  }

  /** The sidecar that describes what is read by a name, which may be a link to the data. */
  static Path readFor(Path data) {
    return LinkedPlace.read(data, Sidecar::pathFor);
  }

  /** The sidecars that are written with the data of a name. */
  static List<Path> writtenFor(Path data) {
    return LinkedPlace.written(data, Sidecar::pathFor);
  }

  /**
   * Reads a data file's sidecar, or {@link #none} when there is none.
   *
   * @throws FormatException when it is no JSON object or a known key has the wrong type
   */
  static Sidecar of(Path data) {
    Path path = readFor(data);
    if (!Files.isRegularFile(path)) {
      return none();
    }
    try {
      return parse(Files.readString(path), path.toString());
    } catch (CharacterCodingException e) {
      throw new FormatException(
          path.toString(), "the sidecar is no text in UTF-8; repair or remove it");
    } catch (IOException e) {
      throw FileProblems.reading(path, e);
    }
  }

  /** Parses the text of a sidecar; {@code name} is for messages. */
  static Sidecar parse(String text, String name) {
    Draft draft = new Draft(name);
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new FormatException(
            name, 1, 1, "a sidecar is a JSON object such as {\"data_type\": \"matrix\", ...}");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        draft.take(key, parser);
      }
      return draft.sidecar();
    } catch (IOException e) {
      throw notJson(name, e);
    }
  }

  private static FormatException notJson(String name, IOException problem) {
    if (problem instanceof com.fasterxml.jackson.core.JsonProcessingException json
        && json.getLocation() != null) {
      return new FormatException(
          name,
          json.getLocation().getLineNr(),
          json.getLocation().getColumnNr(),
          "the sidecar is not valid JSON: " + JsonMistake.words(json) + "; repair or remove it");
    }
    return new FormatException(name, "the sidecar cannot be read: " + problem.getMessage());
  }

  /** Writes the JSON text. */
  void writeTo(FileChannel channel) throws IOException {
    new TextSink(channel).put(toJson()).flush();
  }

  /** The sidecar as JSON text, one key per line. */
  String toJson() {
    StringBuilder json = new StringBuilder("{");
    text(json, "data_type", dataType);
    text(json, "value_type", valueType);
    text(json, "schema", schema);
    count(json, "rows", rows);
    count(json, "cols", cols);
    count(json, "rows_in_block", rowsInBlock);
    count(json, "cols_in_block", colsInBlock);
    count(json, "nnz", nnz);
    text(json, "format", format);
    if (header != null) {
      key(json, "header").append(header.booleanValue());
    }
    text(json, "sep", separator);
    text(json, "description", description);
    return json.append("\n}\n").toString();
  }

  /** The bytes that a fingerprint covers: everything stated that changes what a read gives. */
  byte[] canonicalBytes() {
    return new Sidecar(
            dataType,
            valueType,
            schema,
            rows,
            cols,
            -1,
            format,
            header,
            separator,
            null,
            rowsInBlock,
            colsInBlock)
        .toJson()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static StringBuilder key(StringBuilder json, String key) {
    return json.append(json.length() == 1 ? "\n" : ",\n").append("  \"").append(key).append("\": ");
  }

  private static void text(StringBuilder json, String key, String value) {
    if (value != null) {
      // Jackson's tables of what JSON must escape; its generator would load forty classes more.
      key(json, key).append('"');
      JsonStringEncoder.getInstance().quoteAsString(value, json);
      json.append('"');
    }
  }

  private static void count(StringBuilder json, String key, long value) {
    if (value >= 0) {
      key(json, key).append(value);
    }
  }

  /** Collects the known keys while the object is parsed. */
  private static final class Draft {
    private final String name;
    private String dataType;
    private String valueType;
    private String schema;
    private long rows = -1;
    private long cols = -1;
    private long nnz = -1;
    private String format;
    private Boolean header;
    private String separator;
    private String description;
    private long rowsInBlock = -1;
    private long colsInBlock = -1;

    Draft(String name) {
      this.name = name;
    }

    void take(String key, JsonParser parser) throws IOException {
      switch (key) {
        case "data_type" -> dataType = text(key, parser);
        case "value_type" -> valueType = text(key, parser);
        case "schema" -> schema = text(key, parser);
        case "rows" -> rows = count(key, parser);
        case "cols" -> cols = count(key, parser);
        case "rows_in_block" -> rowsInBlock = count(key, parser);
        case "cols_in_block" -> colsInBlock = count(key, parser);
        case "nnz" -> nnz = count(key, parser);
        case "format" -> format = text(key, parser);
        case "header" -> header = truth(key, parser);
        case "sep" -> separator = text(key, parser);
        case "description" -> description = parser.getText();
        default -> parser.skipChildren();
      }
    }

    private String text(String key, JsonParser parser) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        return parser.getText();
      }
      throw wrong(key, "a text in quotes", parser);
    }

    private long count(String key, JsonParser parser) throws IOException {
      try {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
          return parser.getLongValue();
        }
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
          return Long.parseLong(parser.getText().strip());
        }
      } catch (NumberFormatException | com.fasterxml.jackson.core.exc.InputCoercionException e) {
        throw wrong(key, "a whole number", parser);
      }
      throw wrong(key, "a whole number", parser);
    }

    private Boolean truth(String key, JsonParser parser) throws IOException {
      return switch (parser.getText()) {
        case "true", "TRUE" -> true;
        case "false", "FALSE" -> false;
        default -> throw wrong(key, "true or false", parser);
      };
    }

    private FormatException wrong(String key, String expected, JsonParser parser)
        throws IOException {
      return new FormatException(
          name,
          parser.currentTokenLocation().getLineNr(),
          parser.currentTokenLocation().getColumnNr(),
          "\"" + key + "\" must be " + expected + ", found " + parser.getText());
    }

    Sidecar sidecar() {
      return new Sidecar(
          dataType,
          valueType,
          schema,
          rows,
          cols,
          nnz,
          format,
          header,
          separator,
          description,
          rowsInBlock,
          colsInBlock);
    }
  }
}
