package dev.reprise.engine.seed;

import java.util.ArrayList;
import java.util.List;

/**
 * A place in the loops that draw seeds as a checkpoint has it: a line for it, one for each loop.
 */
public final class SeedPlaceText {
  private SeedPlaceText() {}

  /** The place as text, which {@link #parse} reads. */
  public static String of(SeedTrail.Place place) {
    StringBuilder text = new StringBuilder();
    text.append(place.base()).append(' ').append(place.count()).append('\n');
    for (SeedTrail.Level level : place.loops()) {
      text.append(level.base()).append(' ').append(level.count()).append(' ');
      text.append(level.iteration()).append(' ').append(level.from()).append(' ');
      text.append(level.step())
          .append(' ')
          .append(level.drew())
          .append(' ')
          .append(level.loop())
          .append('\n');
    }
    return text.toString();
  }

  /** Reads what {@link #of} made; throws {@link IllegalArgumentException} for anything else. */
  public static SeedTrail.Place parse(String text) {
    String[] lines = text == null ? new String[] {""} : text.split("\n");
    String[] here = fields(lines[0], 2);
    List<SeedTrail.Level> loops = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      String[] level = fields(lines[i], 7);
      loops.add(
          new SeedTrail.Level(
              level[6],
              Long.parseLong(level[0]),
              Long.parseLong(level[1]),
              Long.parseLong(level[2]),
              Double.parseDouble(level[3]),
              Double.parseDouble(level[4]),
              Boolean.parseBoolean(level[5])));
    }
    return new SeedTrail.Place(loops, Long.parseLong(here[0]), Long.parseLong(here[1]));
  }

  private static String[] fields(String line, int count) {
    String[] fields = line.split(" ", count);
    if (fields.length != count) {
      throw new IllegalArgumentException("a place has " + count + " fields: " + line);
    }
    return fields;
  }
}
