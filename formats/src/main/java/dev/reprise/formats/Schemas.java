package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Column types as sidecars name them. */
final class Schemas {
  /** The schema that asks for the types to be found from the cells. */
  static final String DETECT = "detect";

  private Schemas() {}

  /** One type per column; a single name stands for all columns, null for all text. */
  static List<ColumnType> parse(String schema, int cols, String file) {
    String[] names = schema == null ? new String[] {"STRING"} : schema.split(",");
    if (names.length != 1 && names.length != cols) {
      throw new FormatException(
          file,
          "the schema \"" + schema + "\" names " + names.length + " columns, the file has " + cols);
    }
    List<ColumnType> types = new ArrayList<>();
    for (int c = 0; c < cols; c++) {
      types.add(type(names[names.length == 1 ? 0 : c], file));
    }
    return types;
  }

  private static ColumnType type(String name, String file) {
    ColumnType type = ColumnType.named(name);
    if (type == null) {
      throw new FormatException(
          file, "unknown column type \"" + name + "\"; use STRING, FP64, INT64 or BOOLEAN");
    }
    return type;
  }

  /** The schema as a sidecar states it. */
  static String text(List<ColumnType> types) {
    return types.stream().map(Schemas::name).collect(Collectors.joining(","));
  }

  static String name(ColumnType type) {
    return type.label();
  }
}
