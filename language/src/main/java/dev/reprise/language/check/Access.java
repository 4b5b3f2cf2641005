package dev.reprise.language.check;

import dev.reprise.language.Position;
import java.util.List;

/**
 * A place in a parfor's body that reads or writes a variable from outside.
 *
 * @param text how the script writes it
 * @param ranges one per dimension; empty when the whole variable is meant
 */
record Access(
    String variable, String text, boolean isWrite, List<IndexRange> ranges, Position position) {

  boolean isWhole() {
    return ranges.isEmpty();
  }
}
