package dev.reprise.engine.device;

import dev.reprise.formats.ReplacedText;
import dev.reprise.scheduler.CostModels;
import dev.reprise.scheduler.CostModels.Average;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What sessions learnt of the speed of devices, kept in a file between them: a line for each
 * device, opcode and size class. Losing it costs nothing but learning again, so a file that cannot
 * be read or written is passed over; of two sessions that end at once the later one's lines stay.
 */
public final class Calibration {
  private static final String FIRST_LINE = "reprise calibration 1";

  /** Old averages count for at most so many observations, so that they follow what is new. */
  private static final long MOST_TRUSTED = 16;

  private final Path file;

  /**
   * @param file need not be there yet
   */
  public Calibration(Path file) {
    this.file = file;
  }

  /** Takes over what the file says; nothing when there is none. */
  void restore(CostModels models) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return;
    }
    if (lines.isEmpty() || !lines.getFirst().equals(FIRST_LINE)) {
      return;
    }
    for (String line : lines.subList(1, lines.size())) {
      restore(models, line.split("\t"));
    }
  }

  private static void restore(CostModels models, String[] fields) {
    if (fields.length != 4) {
      return;
    }
    try {
      double nanos = Double.parseDouble(fields[1]);
      double work = Double.parseDouble(fields[2]);
      long count = Math.min(Long.parseLong(fields[3]), MOST_TRUSTED);
      if (nanos >= 0 && work >= 0 && count > 0 && Double.isFinite(nanos + work)) {
        models.restore(fields[0], new Average(nanos, work, count));
      }
    } catch (NumberFormatException e) {
      // A damaged line: that average is learnt again.
    }
  }

  /** How many averages the file has for each device, by its name. */
  public Map<String, Integer> counts() {
    CostModels models = new CostModels();
    restore(models);
    Map<String, Integer> counts = new TreeMap<>();
    for (String average : models.averages().keySet()) {
      counts.merge(average.substring(0, average.indexOf(' ')), 1, Integer::sum);
    }
    return counts;
  }

  /** Writes all averages, atomically. */
  void save(CostModels models) {
    Map<String, Average> averages = models.averages();
    if (averages.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    averages.forEach((name, average) ->
        text.append(name)
            .append('\t')
            .append(average.nanos())
            .append('\t')
            .append(average.work())
            .append('\t')
            .append(average.count())
            .append('\n'));
    try {
      ReplacedText.write(file, "calibration", ".new", text);
    } catch (IOException e) {
      // The next session learns again.
    }
  }
}
