package dev.reprise.cli;

import dev.reprise.Trap;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a run watches while it goes.
 *
 * @param traps values at whose first appearance it stops
 * @param estimate whether it counts what reuse would save, without reusing
 * @param verifyReuse one of this many found values is computed again; 0 for none
 */
record Checks(Set<Trap> traps, boolean estimate, int verifyReuse) {
  static final Checks NONE = new Checks(Set.of(), false, 0);

  private static final List<String> TRAPS = List.of("nan", "inf");

  Checks {
    traps = Set.copyOf(traps);
  }

  /** The traps in {@code nan,inf}. */
  static Set<Trap> traps(String words) {
    Set<Trap> traps = EnumSet.noneOf(Trap.class);
    for (String word : Arrays.asList(words.split(",", -1))) {
      traps.add(
          Trap.valueOf(Choices.oneOf("--trap", word.strip(), TRAPS).toUpperCase(Locale.ROOT)));
    }
    return traps;
  }

  /** The N of {@code 1/N}. */
  static int sample(String share) {
    if (share.matches("1/[1-9][0-9]{0,8}")) {
      return Integer.parseInt(share.substring(2));
    }
    throw new UsageException(
        "--verify-reuse: '"
            + share
            + "' is no share 1/N; 1/1 checks every found value, 1/100 every hundredth");
  }
}
