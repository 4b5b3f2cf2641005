package dev.reprise.formats.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Rows of the table that earlier runs have told, each to be recognised as often as it is there. Not
 * thread-safe.
 */
final class ToldRows {
  private final Path table;
  private final Map<String, Integer> counts = new HashMap<>();

  /** Where the rows end that earlier runs have told. */
  private long end;

  /** From where on rows count, and from where on they are in the map. */
  private long from = Long.MAX_VALUE;

  private long loaded = Long.MAX_VALUE;

  ToldRows(Path table) {
    this.table = table;
  }

  /** Says how long the table is before this run tells anything; later calls change nothing. */
  void endAt(long bytes) {
    if (loaded == Long.MAX_VALUE) {
      end = bytes;
    }
  }

  /** From now on rows behind that byte count, and those that counted already. */
  void countFrom(long bytes) {
    from = Math.min(from, bytes);
  }

  /** Whether an earlier run has told this, and nobody since. */
  boolean wasTold(String row) throws IOException {
    if (from < loaded) {
      load(from, Math.min(loaded, end));
      loaded = from;
    }
    Integer count = counts.get(row);
    if (count == null || count == 0) {
      return false;
    }
    counts.put(row, count - 1);
    return true;
  }

  private void load(long start, long stop) throws IOException {
    if (start >= stop) {
      return;
    }
    String text;
    try (InputStream in = Files.newInputStream(table)) {
      in.skipNBytes(start);
      text = new String(in.readNBytes(Math.toIntExact(stop - start)), StandardCharsets.UTF_8);
    }
    StringBuilder row = new StringBuilder();
    for (String line : text.split("\n")) {
      row.append(line);
      // A quoted name may have line feeds.
      if (row.chars().filter(c -> c == '"').count() % 2 == 0) {
        counts.merge(row.substring(row.indexOf(",") + 1), 1, Integer::sum);
        row.setLength(0);
      } else {
        row.append('\n');
      }
    }
  }
}
